"""A vault that hides nothing from tests."""

from __future__ import annotations

from itertools import count

from curator_core.domain.errors import TokenUnreadable
from curator_core.domain.ids import SealedToken
from curator_core.domain.user import AccessToken


class FakeVault:
    """Opens what a vault with one of its `keys` sealed; the first one seals."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys or ("key",)
        self._numbers = count(1)

    def seal(self, token: AccessToken) -> SealedToken:
        # Turned round, so that no test can find the token in what is stored.
        parts = (self.keys[0], str(next(self._numbers)), token.key[::-1], token.secret[::-1])
        return SealedToken("sealed\t" + "\t".join(parts))

    def open(self, sealed: SealedToken) -> AccessToken:
        match sealed.split("\t"):
            case ["sealed", key, _, token_key, token_secret] if key in self.keys:
                return AccessToken(key=token_key[::-1], secret=token_secret[::-1])
            case _:
                raise TokenUnreadable("no configured key decrypts this token")
