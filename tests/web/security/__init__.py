"""SPEC §9, line by line: each test tries to break a rule, and sees first that it would work
without it."""
