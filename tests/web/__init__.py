"""The web shell, asked over HTTP and WebSocket."""
