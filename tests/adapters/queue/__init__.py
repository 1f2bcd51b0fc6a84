"""Celery: what goes beyond the contract of its port."""
