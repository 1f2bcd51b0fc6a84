"""The real use cases on a virtual clock, with everything around them going wrong by seed."""
