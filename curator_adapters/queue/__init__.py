"""Celery as the way to wake workers up."""
