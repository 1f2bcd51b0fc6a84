"""The WebSocket: one connection, its messages and their answers."""
