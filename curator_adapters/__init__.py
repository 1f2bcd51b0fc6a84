"""Adapters: each translates one outside thing into the core's words."""
