"""Ports in memory and on a virtual clock, held to the same contracts as the real ones."""
