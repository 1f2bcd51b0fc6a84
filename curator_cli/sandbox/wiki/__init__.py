"""A stand-in for the part of MediaWiki that Curator uses."""
