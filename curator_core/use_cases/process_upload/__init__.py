"""A worker takes an upload on and brings it to an end: the story of every file."""
