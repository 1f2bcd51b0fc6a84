"""Chaos with real processes: faults, kills, pauses and restarts, and a verdict afterwards."""
