"""Tests of the sources' own ways."""
