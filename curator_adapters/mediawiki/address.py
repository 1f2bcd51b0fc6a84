"""Where a wiki is, and how it is named to people."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class WikiAddress:
    """A wiki's script path, such as `https://commons.wikimedia.org/w`, however it ends."""

    base_url: str

    @property
    def api(self) -> str:
        """The address of the Action API."""
        return f"{self.base_url.rstrip('/')}/api.php"

    @property
    def index(self) -> str:
        """The long form of addresses, which OAuth 1.0a insists on (T59500)."""
        return f"{self.base_url.rstrip('/')}/index.php"

    def __str__(self) -> str:
        """For people: without credentials, should somebody have written some into it."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")
