"""Downloads from memory, into real temporary files."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.file_type import HEAD_BYTES, media_type_of
from curator_core.domain.ids import Sha1
from curator_core.ports.downloads import LocalFile, unheard

_ERROR_PAGE = "application/x-php"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an address answers."""

    body: bytes
    status: int = 200
    media_type: str = "image/jpeg"
    retry_after: timedelta | None = None


class FakeDownloads:
    """Knows what `offer` gave it; everything else is HTTP 404. `fail_next` scripts faults for the
    next fetches of an address; `fetched` keeps what was asked for; `between` is called before each
    of four pieces comes."""

    def __init__(self, allowed_hosts: Iterable[str] = (), folder: Path | None = None) -> None:
        self.fetched: list[str] = []
        self.between: Callable[[], None] = unheard
        self._allowed = frozenset(allowed_hosts)
        self._folder = folder
        self._offers: dict[str, Offer] = {}
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)

    def offer(self, address: str, body: bytes, **how: object) -> None:
        """From now on `address` answers `body`; `how` are fields of `Offer`."""
        self._offers[address] = Offer(body=body, **how)  # type: ignore[arg-type]

    def fail_next(self, address: str, *faults: Fault) -> None:
        """The next fetches of `address` end in these, one each."""
        self._faults[address].extend(faults)

    @contextmanager
    def fetch(
        self,
        address: str,
        hosts: frozenset[str],
        max_size: int,
        advanced: Callable[[], None] = unheard,
    ) -> Iterator[LocalFile]:
        self.fetched.append(address)
        _refuse_forbidden(address, hosts | self._allowed)
        if self._faults[address]:
            raise Faulted(self._faults[address].popleft())
        offer = self._offers.get(address, Offer(body=b"", status=404))
        _refuse_bad(offer, max_size)
        with tempfile.TemporaryDirectory(prefix="curator-fake-", dir=self._folder) as folder:
            path = Path(folder) / "picture"
            path.write_bytes(offer.body)
            for _ in range(4):
                self.between()
                advanced()
            yield LocalFile(
                path=path,
                size=len(offer.body),
                sha1=Sha1(hashlib.sha1(offer.body, usedforsecurity=False).hexdigest()),
                head=offer.body[:HEAD_BYTES],
            )


def _refuse_forbidden(address: str, hosts: frozenset[str]) -> None:
    parts = urlsplit(address)
    host = parts.hostname or ""
    named = any(fnmatchcase(each, pattern) for pattern in hosts for each in (host, parts.netloc))
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not named:
        raise Faulted(Fault(kind=FaultKind.ADDRESS_FORBIDDEN, info=f"{host!r} may not be asked."))


def _refuse_bad(offer: Offer, max_size: int) -> None:
    kind: FaultKind | None = None
    if offer.status == 429 or offer.status >= 500:
        kind = FaultKind.SOURCE_TROUBLE
    elif offer.status != 200:
        kind = FaultKind.SOURCE_REFUSED
    elif _ERROR_PAGE in (offer.media_type, media_type_of(offer.body[:HEAD_BYTES])):
        kind = FaultKind.SOURCE_TROUBLE
    elif not offer.body:
        kind = FaultKind.NOT_AN_IMAGE
    elif len(offer.body) > max_size:
        kind = FaultKind.TOO_LARGE
    if kind is not None:
        raise Faulted(Fault(kind=kind, code=f"http-{offer.status}", retry_after=offer.retry_after))
