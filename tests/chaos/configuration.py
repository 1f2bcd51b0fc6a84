"""What a house of chaos consists of, and how its Curator is configured."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from curator_adapters.settings.settings import SANDBOX_CONSUMER_KEY, SANDBOX_CONSUMER_SECRET
from tests.chaos.photographs import CHUNK_BYTES
from tests.chaos.servers import HOST, Valkey


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a house is; `lease` in seconds, `per_minute` is what a limited user may upload."""

    database: str
    workers: int
    webs: int
    users: int
    photographs: int
    lease: int = 5
    threads: int = 4
    per_minute: int = 90


def configuration(
    folder: Path, size: Size, sandbox_url: str, valkey: Valkey, database_url: str
) -> dict[str, str]:
    """As in production, with the sandbox for everything outside."""
    return {
        "DB_URL": database_url,
        "REDIS_HOST": HOST,
        "REDIS_PORT": str(valkey.port),
        "REDIS_PASSWORD": valkey.password,
        "SECRET_KEY": secrets.token_urlsafe(36),
        "TOKEN_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "CURATOR_DATA_DIR": str(folder / "curator"),
        "CURATOR_OAUTH1_KEY": SANDBOX_CONSUMER_KEY,
        "CURATOR_OAUTH1_SECRET": SANDBOX_CONSUMER_SECRET.get_secret_value(),
        "CURATOR_WIKI_URL": f"{sandbox_url}/w",
        "CURATOR_MAPILLARY_URL": f"{sandbox_url}/mapillary",
        "CURATOR_DOWNLOAD_HOSTS": sandbox_url.removeprefix("http://"),
        "MAPILLARY_API_TOKEN": secrets.token_urlsafe(24),
        "CURATOR_CONTACT": "chaos@example.org",
        # For users whose limits cannot be read: four a minute would outlast the run.
        "RATE_LIMIT_DEFAULT_NORMAL": "60",
        "CURATOR_LEASE_SECONDS": str(size.lease),
        "CURATOR_DISPATCH_SECONDS": "0.5",
        "CURATOR_CHUNK_SIZE": str(CHUNK_BYTES),
        "CELERY_CONCURRENCY": str(size.threads),
    }
