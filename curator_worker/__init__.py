"""The shell that carries uploads out: Celery tasks and the dispatcher beside them."""
