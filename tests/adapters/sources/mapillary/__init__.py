"""Tests of what only Mapillary has: its addresses, its answers, its statements."""
