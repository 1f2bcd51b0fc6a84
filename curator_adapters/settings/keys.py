"""Keys that are made and kept where none is configured."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet
from pydantic import SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKey:
    """A key in a file that only its owner can read; `is_new` where it was made just now."""

    value: SecretStr = field(repr=False)
    path: Path
    is_new: bool


def session_key(folder: Path) -> KeptKey:
    """The key kept for sessions. Raises `OSError`."""
    return _kept(folder / "secret.key", lambda: secrets.token_urlsafe(48))


def token_key(folder: Path) -> KeptKey:
    """The key kept for access tokens. Raises `OSError`."""
    return _kept(folder / "token-encryption.key", lambda: Fernet.generate_key().decode())


def _kept(path: Path, make: Callable[[], str]) -> KeptKey:
    """The file's content, made first where it is missing.

    Of several processes that find it missing at once, one makes it and all get the same.
    """
    is_new = False
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
        try:
            # Unlike a rename, a link never takes the place of somebody else's key.
            path.hardlink_to(draft)
            is_new = True
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return KeptKey(value=SecretStr(path.read_text().strip()), path=path, is_new=is_new)
