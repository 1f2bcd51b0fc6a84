"""Streams a picture to a temporary file, hashing on the way."""

from __future__ import annotations

import errno
import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

import requests

from curator_adapters.downloads.body import Rate, declared_size, pieces, trouble
from curator_adapters.downloads.connection import answer_of
from curator_adapters.downloads.disk_share import DiskShare
from curator_adapters.downloads.hosts import Guard, Resolve, system_resolver
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.file_type import HEAD_BYTES, media_type_of
from curator_core.domain.ids import Sha1
from curator_core.ports.downloads import LocalFile, unheard

MAX_REDIRECTS = 5

_SLOWEST = Rate(bytes=32 * 1024 * 60, within=timedelta(minutes=1))
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ERROR_PAGE = "application/x-php"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def open_for_writing(path: Path) -> BinaryIO:
    """A new file, buffered."""
    return path.open("xb")


class Downloader:
    """`allowed_hosts` are the operator's (CURATOR_DOWNLOAD_HOSTS): `host`, `*.host`, `host:port`.

    `silence` is how long the source may say nothing, `slowest` how slowly it may send: a file of
    5 GiB takes as long as it takes, but nobody holds a worker by trickling. `verify` is what
    certificates are checked against (True: the public authorities). Several threads may fetch at
    once; a fetch holds two pieces of the picture in memory, and all together the `share` of disk.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allowed_hosts: Iterable[str] = (),
        temp_dir: Path | None = None,
        silence: timedelta = timedelta(seconds=30),
        slowest: Rate = _SLOWEST,
        verify: bool | str = True,
        resolve: Resolve = system_resolver,
        create: Callable[[Path], BinaryIO] = open_for_writing,
        share: DiskShare | None = None,
    ) -> None:
        self._guard = Guard(allowed=frozenset(allowed_hosts), resolve=resolve)
        self._user_agent = user_agent
        self._temp_dir = temp_dir
        self._silence = silence.total_seconds()
        self._slowest = slowest
        self._verify = verify
        self._create = create
        self._share = share or DiskShare()

    @contextmanager
    def fetch(
        self,
        address: str,
        hosts: frozenset[str],
        max_size: int,
        advanced: Callable[[], None] = unheard,
    ) -> Iterator[LocalFile]:
        with self._room() as folder, ExitStack() as kept:
            with self._answer(address, hosts) as answer:
                _refuse_bad(answer, max_size)
                # Who does not say how much comes is trusted to send a picture's usual size.
                kept.enter_context(self._share.of(declared_size(answer) or 0))
                file = self._saved(
                    pieces(answer, self._slowest, advanced), folder / "picture", max_size
                )
            yield file

    @contextmanager
    def _room(self) -> Iterator[Path]:
        with _told_when_full():
            folder = tempfile.TemporaryDirectory(
                prefix="curator-", dir=self._temp_dir, ignore_cleanup_errors=True
            )
        with folder as name:
            yield Path(name)

    @contextmanager
    def _answer(self, address: str, hosts: frozenset[str]) -> Iterator[requests.Response]:
        for _hop in range(MAX_REDIRECTS + 1):
            target = self._guard.check(address, hosts)
            with (
                _told_in_our_words(),
                answer_of(target, self._user_agent, self._verify, self._silence) as answer,
            ):
                if answer.status_code not in _REDIRECTS:
                    yield answer
                    return
                address = _next(address, answer)
        raise trouble("redirects", f"it redirects more than {MAX_REDIRECTS} times.")

    def _saved(self, body: Iterable[bytes], path: Path, max_size: int) -> LocalFile:
        sha1 = hashlib.sha1(usedforsecurity=False)
        size, head = 0, b""
        with _told_when_full():
            # Closed before anybody reads: what is still in its buffer would be missing.
            with self._create(path) as file:
                for piece in body:
                    size += len(piece)
                    if size > max_size:
                        raise _too_large(max_size)
                    if len(head) < HEAD_BYTES:
                        head = (head + piece)[:HEAD_BYTES]
                    sha1.update(piece)
                    file.write(piece)
            on_disk = path.stat().st_size
        if size == 0:
            raise Faulted(Fault(kind=FaultKind.NOT_AN_IMAGE, info="it sent an empty file."))
        if media_type_of(head) == _ERROR_PAGE:
            raise _error_page()
        if on_disk != size:
            told = f"{size} bytes were written, but the file holds {on_disk}."
            raise Faulted(Fault(kind=FaultKind.DISK_FULL, info=told))
        return LocalFile(path=path, size=size, sha1=Sha1(sha1.hexdigest()), head=head)


def _refuse_bad(answer: requests.Response, max_size: int) -> None:
    status = answer.status_code
    if status not in (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION):
        passing = not 400 <= status < 500 or status == HTTPStatus.TOO_MANY_REQUESTS
        raise Faulted(
            Fault(
                kind=FaultKind.SOURCE_TROUBLE if passing else FaultKind.SOURCE_REFUSED,
                code=f"http-{status}",
                info=f"it answered HTTP {status}.",
                retry_after=_wait_asked_for(answer),
            )
        )
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type == _ERROR_PAGE:
        raise _error_page()
    declared = declared_size(answer)
    if declared is not None and declared > max_size and "Content-Encoding" not in answer.headers:
        raise _too_large(max_size, declared)


def _next(address: str, answer: requests.Response) -> str:
    # Headers are read as Latin-1, but browsers take a location for UTF-8.
    location = answer.headers.get("Location", "").encode("latin-1", "replace")
    if not location:
        raise trouble(f"http-{answer.status_code}", "it redirects to nowhere.")
    try:
        return urljoin(address, location.decode())
    except ValueError:
        raise trouble(f"http-{answer.status_code}", "it redirects to nowhere.") from None


def _wait_asked_for(answer: requests.Response) -> timedelta | None:
    said = answer.headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return timedelta(seconds=min(int(said), 7 * 24 * 3600))
    try:
        wait = parsedate_to_datetime(said) - datetime.now(UTC)
    except (ValueError, TypeError):
        return None
    return max(wait, timedelta(0))


@contextmanager
def _told_in_our_words() -> Iterator[None]:
    try:
        yield
    except requests.exceptions.SSLError:
        raise trouble("tls", "its certificate could not be verified.") from None
    except requests.Timeout:
        raise trouble("late", "it did not answer in time.") from None
    except (requests.RequestException, UnicodeError) as error:
        told = f"no connection to it ({type(error).__name__})."
        raise trouble("unreachable", told) from None


@contextmanager
def _told_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        told = "the temporary folder is full."
        raise Faulted(Fault(kind=FaultKind.DISK_FULL, info=told)) from None


def _error_page() -> Faulted:
    return trouble("x-php", "it sent an error page instead of the picture.")


def _too_large(max_size: int, size: int | None = None) -> Faulted:
    has = f"{size:,}" if size is not None else "more"
    told = f"at most {max_size:,} bytes are allowed, and it has {has}."
    return Faulted(Fault(kind=FaultKind.TOO_LARGE, info=told))
