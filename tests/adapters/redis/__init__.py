"""Redis: what goes beyond the contracts of its ports."""
