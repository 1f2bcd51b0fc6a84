"""The worker shell: Celery tasks and the dispatcher, nothing but transport."""
