"""The database adapters beyond what their ports promise."""
