"""Pictures' bytes over HTTP, from hosts that may be asked and nowhere else."""
