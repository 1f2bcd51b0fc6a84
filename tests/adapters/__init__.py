"""What single adapters do beyond their port's contract."""
