"""The rules of bringing collections of photographs to a wiki, with no library and no network."""
