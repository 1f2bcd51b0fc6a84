"""Redis: locks, slots and progress, and a private server where none is configured."""
