"""The sandbox wiki, served over HTTP to tests that want a real one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from curator_adapters.mediawiki.authentication import Consumer
from curator_adapters.mediawiki.login import MediaWikiLogin
from curator_adapters.mediawiki.session import Timeouts, user_agent
from curator_adapters.mediawiki.wiki import BACKGROUND_FROM, MediaWikis
from curator_cli.sandbox.serve import running
from curator_cli.sandbox.settings import SandboxSettings
from curator_core.domain.user import AccessToken

USER_AGENT = user_agent("0.0", "tests@example.org")
_WITHIN = 10
_NO_TIMEOUTS_OF_OUR_OWN = Timeouts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Where it is, and its levers (`curator_cli.sandbox.control`)."""

    base_url: str
    consumer: Consumer

    @property
    def wiki_url(self) -> str:
        """The wiki's script path."""
        return f"{self.base_url}/w"

    def wikis(
        self,
        *,
        timeouts: Timeouts = _NO_TIMEOUTS_OF_OUR_OWN,
        keep: int = 100,
        background_from: int = BACKGROUND_FROM,
    ) -> MediaWikis:
        """Sessions of nobody yet."""
        return MediaWikis(
            self.wiki_url,
            self.consumer,
            USER_AGENT,
            timeouts=timeouts,
            keep=keep,
            background_from=background_from,
        )

    def login(self) -> MediaWikiLogin:
        return MediaWikiLogin(self.wiki_url, self.consumer, USER_AGENT)

    def pull(self, lever: str, **what: object) -> Any:
        """Moves a lever; answers what it says, if anything."""
        answer = requests.post(f"{self.base_url}/sandbox/{lever}", json=what, timeout=_WITHIN)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def shown(self, what: str) -> Any:
        """Figures: `requests`, `files`."""
        answer = requests.get(f"{self.base_url}/sandbox/{what}", timeout=_WITHIN)
        answer.raise_for_status()
        return answer.json()

    def file(self, title: str) -> dict[str, Any]:
        """Everything that the wiki has about a file."""
        return next(each for each in self.shown("files") if each["title"] == f"File:{title}")

    def grant(self, account: str) -> AccessToken:
        """An access token, without the handshake."""
        token = self.pull("tokens", account=account)
        return AccessToken(key=token["key"], secret=token["secret"])

    def allow(self, address: str, account: str) -> str:
        """Says yes, as `account`, at the address that a login sends its visitor to; answers
        where the wiki sends them on."""
        answer = requests.post(
            address, data={"account": account}, allow_redirects=False, timeout=_WITHIN
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def requests_for(self, title: str) -> list[str]:
        """The kinds of the requests that named this file, in order."""
        kinds: list[str] = self.shown("requests")["files"].get(f"File:{title}", [])
        return kinds

    def total(self) -> int:
        """All requests to the API since the last reset."""
        return int(self.shown("requests")["total"])

    def calm(self) -> None:
        """Nothing is wrong any more, nobody has used up anything, nothing was counted."""
        self.pull("settings", lag=0, read_only="", uploads_enabled=True, blocked=[])
        for account in SandboxSettings(data_dir=Path()).accounts:
            self.pull("limits", account=account.name, limits=_GENEROUS)
        self.pull("reset")


_GENEROUS = {
    "upload": {"user": [60, 60]},
    "edit": {"user": [120, 60]},
    "purge": {"user": [120, 60]},
    "linkpurge": {"user": [120, 60]},
}


@contextmanager
def running_sandbox() -> Iterator[Sandbox]:
    """A sandbox whose publishing takes no time, on a free port, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="curator-sandbox-") as folder:
        settings = SandboxSettings(data_dir=Path(folder), publish_seconds=0)
        consumer = Consumer(key=settings.consumer_key, secret=settings.consumer_secret)
        with running(settings) as base_url:
            assert urlsplit(base_url).hostname == "127.0.0.1"
            yield Sandbox(base_url=base_url, consumer=consumer)
