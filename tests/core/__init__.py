"""The core on fakes alone."""
