"""A stand-in, on loopback, for Commons and the sources of photographs."""
