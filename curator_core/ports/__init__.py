"""What the core needs from outside, one role a file."""
