"""How each message is answered by a use case; all of it runs in worker threads."""
