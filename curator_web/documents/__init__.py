"""The contract as documents, made from the code that keeps it."""
