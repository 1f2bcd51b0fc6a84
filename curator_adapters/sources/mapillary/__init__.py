"""Mapillary: sequences of street-level photographs, by its Graph API."""
