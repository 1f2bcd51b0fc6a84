"""A Curator as on a server: MariaDB, Valkey, a web, workers, and the sandbox for the wiki."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet

from curator_adapters.settings.settings import SANDBOX_CONSUMER_KEY, SANDBOX_CONSUMER_SECRET
from curator_cli.demo.contributor import Contributor
from curator_cli.sandbox.mapillary.sequences import Photograph
from curator_core.domain.ids import BatchId
from curator_core.ports.reports import BatchStats
from tests.benchmarks.house import MeasuredHouse, Spoilt, measured_house
from tests.benchmarks.sandbox import SEQUENCE_ID, photographs
from tests.services import HOST, MariaDb, RedisAddress, free_port, running_mariadb, running_redis

_LOOK_EVERY_SECONDS = 0.25
_TELL_EVERY_SECONDS = 60
_WITHIN_SECONDS = 60

EXEMPT = "Sandbox bot"
EXEMPT_TOO = "Sandbox admin"
LIMITED = "Sandbox photographer"

Message = dict[str, Any]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Its parts, and what contributors and the wiki do with it; `photographs` are all that the
    source has."""

    house: MeasuredHouse
    web_url: str
    mariadb: MariaDb
    redis: RedisAddress
    photographs: tuple[Photograph, ...]

    def start_web(self) -> None:
        """A web as `curator web` starts it, until it answers."""
        port = self.web_url.rpartition(":")[2]
        self.house.start("web", "curator_web", "--host", HOST, "--port", port)
        self.house.wait_for(f"{self.web_url}/healthz")

    def contributor(self, account: str) -> Contributor:
        """Somebody who has logged in by the web's own pages."""
        browser = Contributor(self.web_url)
        browser.log_in(account)
        return browser

    def lever(self, name: str, **what: object) -> None:
        """Moves one of the sandbox's (`curator_cli.sandbox.control`)."""
        url = f"{self.house.sandbox_url}/sandbox/{name}"
        requests.post(url, json=what, timeout=_WITHIN_SECONDS).raise_for_status()

    def end_faults(self) -> None:
        """Nothing goes wrong at the wiki any more."""
        url = f"{self.house.sandbox_url}/sandbox/faults"
        requests.delete(url, timeout=_WITHIN_SECONDS).raise_for_status()

    def stats(self, batch_id: int) -> BatchStats:
        """How far a batch is."""
        report = self.house.ports.reports.batch(BatchId(batch_id))
        if report is None:
            raise Spoilt(f"there is no batch {batch_id}")
        return report.stats

    def wait_until(
        self, batch_id: int, enough: Callable[[BatchStats], bool], seconds: float, tell: Tell
    ) -> BatchStats:
        """Looks at a batch until that is `enough`, and tells of it every minute. Raises `Spoilt`
        after so many seconds, or when a process has ended."""
        until = time.monotonic() + seconds
        told = time.monotonic()
        while not enough(stats := self.stats(batch_id)):
            now = time.monotonic()
            if now > until:
                raise Spoilt(f"after {seconds:.0f} s: {stats}")
            for child in self.house.children:
                if not child.is_alive():
                    raise Spoilt(f"The {child.name} ended: {child.last_words()}")
            if now - told >= _TELL_EVERY_SECONDS:
                told = now
                tell(f"{stats.total - stats.unfinished:,} of {stats.total:,} done")
            time.sleep(_LOOK_EVERY_SECONDS)
        return stats


def items(wanted: Sequence[Photograph]) -> list[Message]:
    """What a contributor sends for these photographs."""
    return [
        {
            "id": one.id,
            "input": SEQUENCE_ID,
            "title": f"Measured {one.id}.jpg",
            "wikitext": _WIKITEXT,
            "labels": {"language": "en", "value": f"Photograph {one.id} at the Spree in Berlin"},
        }
        for one in wanted
    ]


_WIKITEXT = """== {{int:filedesc}} ==
{{Information
 |description={{en|1=A walk along the Spree in Berlin}}
 |date={{Taken on|2024-05-27}}
 |source={{Mapillary-source}}
 |author=sandbox_walker
}}

== {{int:license-header}} ==
{{cc-by-sa-4.0}}

[[Category:Spree in Berlin]]
[[Category:Uploaded with Curator]]
"""


@contextmanager
def measured_service(
    parent: Path | None, count: int, *, durable: bool = False, **environment: str
) -> Iterator[Service]:
    """Its servers, a source with `count` photographs, no web and no worker yet.

    `durable`: the database keeps every commit on disk before it answers. Raises `Spoilt` where
    MariaDB is not there.
    """
    with ExitStack() as undone:
        try:
            mariadb = undone.enter_context(running_mariadb(durable=durable))
            redis = undone.enter_context(running_redis())
        except (pytest.skip.Exception, pytest.fail.Exception) as nothing:
            raise Spoilt(str(nothing)) from None
        sandbox_port = free_port()
        own = _configuration(sandbox_port, redis) | {
            "DB_URL": undone.enter_context(mariadb.fresh_database()),
            **environment,
        }
        sandbox = ("tests.benchmarks.sandbox", "--photographs", str(count))
        house = undone.enter_context(measured_house(parent, sandbox, **own))
        yield Service(
            house=house,
            web_url=f"http://{HOST}:{free_port()}",
            mariadb=mariadb,
            redis=redis,
            photographs=photographs(count),
        )


def _configuration(sandbox_port: int, redis: RedisAddress) -> dict[str, str]:
    """As in production, with the sandbox for everything outside."""
    sandbox = f"{HOST}:{sandbox_port}"
    return {
        "REDIS_HOST": redis.host,
        "REDIS_PORT": str(redis.port),
        "SECRET_KEY": secrets.token_urlsafe(36),
        "TOKEN_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "CURATOR_SANDBOX_PORT": str(sandbox_port),
        "CURATOR_OAUTH1_KEY": SANDBOX_CONSUMER_KEY,
        "CURATOR_OAUTH1_SECRET": SANDBOX_CONSUMER_SECRET.get_secret_value(),
        "CURATOR_WIKI_URL": f"http://{sandbox}/w",
        "CURATOR_MAPILLARY_URL": f"http://{sandbox}/mapillary",
        "CURATOR_DOWNLOAD_HOSTS": sandbox,
        "MAPILLARY_API_TOKEN": secrets.token_urlsafe(24),
        "CURATOR_CONTACT": "benchmarks@example.org",
    }
