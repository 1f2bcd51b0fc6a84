"""The demonstration: a whole house on one machine, and a contributor who uses it."""
