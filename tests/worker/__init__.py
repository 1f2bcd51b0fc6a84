"""The worker shell."""
