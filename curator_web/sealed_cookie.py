"""Cookies that only we can read and write."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from starlette.requests import HTTPConnection
from starlette.responses import Response

_LONGEST = 4096
"""Browsers keep no longer ones; nothing longer is worth decrypting."""


@dataclass(frozen=True, slots=True)
class SealedCookie:
    """A cookie that holds texts, encrypted and signed; good for `lifetime` seconds.

    What was sealed for one cookie cannot be passed off as another: keys differ by the name.
    """

    name: str
    lifetime: int
    path: str
    box: MultiFernet

    @classmethod
    def made(cls, name: str, *, lifetime: int, path: str, keys: Sequence[str]) -> SealedCookie:
        """With keys derived from `keys`: the first seals, all open."""
        box = MultiFernet([Fernet(_derived(key, name)) for key in keys])
        return cls(name=name, lifetime=lifetime, path=path, box=box)

    def read(self, connection: HTTPConnection) -> Mapping[str, str] | None:
        """What the visitor's cookie holds; None where there is none, or not a good one."""
        sealed = connection.cookies.get(self.name, "")
        if not sealed or len(sealed) > _LONGEST:
            return None
        try:
            content = json.loads(self.box.decrypt(sealed.encode("ascii"), ttl=self.lifetime))
        except (InvalidToken, ValueError):
            return None
        return content if isinstance(content, dict) else None

    def write(
        self, response: Response, connection: HTTPConnection, content: Mapping[str, str]
    ) -> None:
        """Gives the visitor a cookie with `content`."""
        response.set_cookie(
            self.name,
            self.box.encrypt(json.dumps(content, separators=(",", ":")).encode()).decode(),
            max_age=self.lifetime,
            path=self.path,
            secure=connection.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )

    def clear(self, response: Response, connection: HTTPConnection) -> None:
        """Takes the cookie away."""
        response.delete_cookie(
            self.name,
            path=self.path,
            secure=connection.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )


def _derived(key: str, name: str) -> bytes:
    # The configured key is a long random text, so nothing slower is called for.
    derived = HKDF(SHA256(), length=32, salt=None, info=f"curator cookie {name}".encode())
    return base64.urlsafe_b64encode(derived.derive(key.encode()))
