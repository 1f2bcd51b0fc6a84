"""Access tokens encrypted with Fernet."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from curator_core.domain.errors import TokenUnreadable
from curator_core.domain.ids import SealedToken
from curator_core.domain.user import AccessToken


class FernetVault:
    """`TokenVault` with a list of keys: the first encrypts, all decrypt.

    What is encrypted is JSON: a list of key and secret, as mwoauth's named tuple becomes one. An
    object of the two is read as well.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are 32 bytes each in urlsafe base64. Raises `ValueError` with a sentence."""
        if not keys:
            raise ValueError("TOKEN_ENCRYPTION_KEY holds no key.")
        fernets = []
        for number, key in enumerate(keys, 1):
            try:
                fernets.append(Fernet(key))
            except ValueError:
                # Without its cause, whose trace would hold the key.
                raise ValueError(
                    f"TOKEN_ENCRYPTION_KEY: key {number} of {len(keys)} is not 32 bytes in "
                    "urlsafe base64."
                ) from None
        self._fernet = MultiFernet(fernets)

    def seal(self, token: AccessToken) -> SealedToken:
        plain = json.dumps([token.key, token.secret], separators=(",", ":"))
        return SealedToken(self._fernet.encrypt(plain.encode()).decode())

    def open(self, sealed: SealedToken) -> AccessToken:
        try:
            return _token(json.loads(self._fernet.decrypt(sealed.encode())))
        except InvalidToken:
            reason = "no configured key decrypts this token"
        except ValueError:
            reason = "what was encrypted is not an access token"
        raise TokenUnreadable(reason)


def _token(read: object) -> AccessToken:
    match read:
        case [str(key), str(secret)] | {"key": str(key), "secret": str(secret)}:
            return AccessToken(key=key, secret=secret)
        case _:
            raise ValueError("neither a list nor an object of key and secret")
