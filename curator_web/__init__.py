"""The web shell: HTTP and WebSocket, nothing but transport."""
