"""Tests of what only the real downloader can show: addresses, redirects, broken answers."""
