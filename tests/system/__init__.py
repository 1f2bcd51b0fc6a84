"""The whole of Curator with real parts: processes, databases, the sandbox over HTTP."""
