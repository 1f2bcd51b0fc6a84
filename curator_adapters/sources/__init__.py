"""Where collections of photographs come from: a folder for each source, found by name."""
