"""Photographs to serve as sources, padded to any size."""
