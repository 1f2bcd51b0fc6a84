"""The wire contract, asked of real processes: written from the contract alone."""
