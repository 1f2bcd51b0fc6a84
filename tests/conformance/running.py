"""A Curator of real processes: a web, workers where they are asked for, the sandbox's wiki."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests
from cryptography.fernet import Fernet

from curator_adapters.settings.settings import SANDBOX_CONSUMER_KEY, SANDBOX_CONSUMER_SECRET
from curator_cli.sandbox.serve import running
from curator_cli.sandbox.settings import SandboxSettings
from tests.conformance.visitor import PATIENCE_SECONDS, Journal, Visitor
from tests.services import HOST, MariaDb, RedisAddress, Server

CONTRIBUTOR, OTHER = "Sandbox photographer", "Second photographer"
ADMINISTRATOR, EXEMPT, NEWCOMER = "Sandbox admin", "Sandbox bot", "Newbie"
API_KEY = secrets.token_urlsafe(24)
_SERVING = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Curator:
    """Where it is to be reached; `environment` is what its processes are told."""

    folder: Path
    environment: dict[str, str]
    web_url: str
    sandbox_url: str
    journal: Journal

    def visitor(self, account: str | None = None) -> Visitor:
        """A new browser; with an account it has logged in."""
        visitor = Visitor(self.web_url, self.journal)
        if account is not None:
            visitor.log_in(account)
            assert visitor.name == account
        return visitor

    def lever(self, name: str, **what: object) -> None:
        """Moves one of the sandbox's."""
        url = f"{self.sandbox_url}/sandbox/{name}"
        requests.post(url, json=what, timeout=PATIENCE_SECONDS).raise_for_status()

    def photographs(self, sequence: str) -> list[str]:
        """The ids of a sequence's photographs."""
        url = f"{self.sandbox_url}/sandbox/sequences?name={sequence}"
        found = requests.get(url, timeout=PATIENCE_SECONDS).json()
        return [str(each["id"]) for each in found[0]["images"]]

    def sequence(self, name: str) -> str:
        """A sequence's id at its source."""
        found = requests.get(f"{self.sandbox_url}/sandbox/sequences", timeout=PATIENCE_SECONDS)
        return next(str(each["id"]) for each in found.json() if each["name"] == name)

    def said(self) -> str:
        """All that the web wrote."""
        return (self.folder / "web" / "log").read_text(errors="replace")

    @contextmanager
    def accounted(self, rows: frozenset[str]) -> Iterator[None]:
        """In the block these rows are walked, and nothing unforeseen happens in the web."""
        self.journal.walked.clear()
        before = len(self.said())
        yield
        assert rows <= self.journal.walked, sorted(rows - self.journal.walked)
        assert "Traceback" not in self.said()[before:]


@contextmanager
def a_curator(
    folder: Path, mariadb: MariaDb | None, redis: RedisAddress, *, workers: int = 0
) -> Iterator[Curator]:
    """With embedded servers and SQLite, or as in production where there is a MariaDB."""
    with ExitStack() as kept:
        (folder / "sandbox").mkdir()
        sandbox = SandboxSettings(data_dir=folder / "sandbox", publish_seconds=0.01)
        sandbox_url = kept.enter_context(running(sandbox))
        environment = embedded(folder, urlsplit(sandbox_url).port or 0) | _machine(sandbox_url)
        if mariadb is not None:
            address = kept.enter_context(mariadb.fresh_database())
            environment |= _production(sandbox_url, redis) | {"DB_URL": address}
        web_url = kept.enter_context(a_web(folder / "web", environment))
        for number in range(workers):
            kept.enter_context(_started(folder / f"worker{number}", "curator_worker", environment))
        yield Curator(
            folder=folder,
            environment=environment,
            web_url=web_url,
            sandbox_url=sandbox_url,
            journal=Journal(),
        )


def embedded(folder: Path, sandbox_port: int) -> dict[str, str]:
    """What processes are told that need nothing but the sandbox."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOST": HOST,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "CURATOR_DATA_DIR": str(folder / "curator"),
        "CURATOR_SANDBOX_PORT": str(sandbox_port),
        "CURATOR_ADMINS": ADMINISTRATOR,
        "CURATOR_DISPATCH_SECONDS": "0.1",
    }


def _machine(sandbox_url: str) -> dict[str, str]:
    """The account that logs in by key."""
    token = requests.post(
        f"{sandbox_url}/sandbox/tokens", json={"account": EXEMPT}, timeout=PATIENCE_SECONDS
    ).json()
    return {
        "X_API_KEY": API_KEY,
        "CURATOR_SERVICE_TOKEN": f"{token['key']}:{token['secret']}",
    }


def _production(sandbox_url: str, redis: RedisAddress) -> dict[str, str]:
    sandbox = urlsplit(sandbox_url).netloc
    return {
        "REDIS_HOST": redis.host,
        "REDIS_PORT": str(redis.port),
        "CURATOR_REDIS_PREFIX": secrets.token_hex(16),
        "SECRET_KEY": secrets.token_urlsafe(36),
        "TOKEN_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "CURATOR_OAUTH1_KEY": SANDBOX_CONSUMER_KEY,
        "CURATOR_OAUTH1_SECRET": SANDBOX_CONSUMER_SECRET.get_secret_value(),
        "CURATOR_WIKI_URL": f"{sandbox_url}/w",
        "CURATOR_MAPILLARY_URL": f"{sandbox_url}/mapillary",
        "CURATOR_DOWNLOAD_HOSTS": sandbox,
        "MAPILLARY_API_TOKEN": secrets.token_urlsafe(24),
        "CURATOR_CONTACT": "tests@example.org",
    }


@contextmanager
def _started(
    folder: Path, module: str, environment: dict[str, str], *arguments: str
) -> Iterator[Server]:
    folder.mkdir()
    with Server([sys.executable, "-m", module, *arguments], folder, environment) as server:
        yield server


@contextmanager
def a_web(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Its address, once it serves; `folder` is made, and holds its log."""
    with _started(folder, "curator_web", environment, "--port", "0") as server:
        assert server.answers(lambda: _address(folder / "log"), LookupError), server.log()
        yield _address(folder / "log")


def _address(log: Path) -> str:
    found = _SERVING.search("".join(line for line in log.open() if "serving" in line))
    if found is None:
        raise LookupError
    return found[0]
