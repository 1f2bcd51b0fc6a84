"""A stand-in for the Graph API of Mapillary."""
