"""Keeps access tokens so that a thief of the database has nothing."""

from __future__ import annotations

from typing import Protocol

from curator_core.domain.ids import SealedToken
from curator_core.domain.user import AccessToken


class TokenVault(Protocol):
    """Encrypts and decrypts access tokens with a list of keys."""

    def seal(self, token: AccessToken) -> SealedToken:
        """Encrypted with the first key; twice the same token gives two different texts."""
        ...

    def open(self, sealed: SealedToken) -> AccessToken:
        """Decrypted with whichever key fits. Raises `TokenUnreadable` where none does."""
        ...
