"""How long lists, searches and statistics take at a million uploads, as a visitor sees it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import pytest
import requests

from curator_cli.demo.contributor import Conversation
from tests.benchmarks.archive import Size, archive
from tests.benchmarks.house import Spoilt
from tests.benchmarks.rows import How, Measured
from tests.benchmarks.service import EXEMPT, measured_service
from tests.services import running_mariadb

_BAR_MS = 50.0
_WARM, _TIMES = 2, 7
_TOLD = 8
_ADMIN = "/api/admin"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in words, and how."""

    name: str
    ask: Callable[[], Any]


def lists_at(size: Size) -> Callable[[How], Measured]:
    """The slowest one in twenty of a fixed mix of questions, each asked alike often."""

    def measure(how: How) -> Measured:
        with _web(how, size) as (browser, talk, url):
            questions = [*_over_http(browser, url, size), *_over_the_socket(talk, size)]
            took = {each.name: _times(each) for each in questions}
        everything = sorted(ms for times in took.values() for ms in times)
        for name in sorted(took, key=lambda name: -median(took[name]))[:_TOLD]:
            how.tell(f"{median(took[name]):7.1f} ms  {name}")
        late = everything[len(everything) * 95 // 100]
        slow = sum(median(times) > _BAR_MS for times in took.values())
        return Measured(
            figure=f"p95 {late:.1f} ms, median {median(everything):.1f} ms; "
            f"{slow} of {len(took)} questions above {_BAR_MS:.0f} ms",
            is_reached=late <= _BAR_MS,
        )

    return measure


def _times(question: Question) -> list[float]:
    found = []
    for number in range(_WARM + _TIMES):
        began = time.perf_counter()
        question.ask()
        if number >= _WARM:
            found.append((time.perf_counter() - began) * 1000)
    return found


@contextmanager
def _web(how: How, size: Size) -> Iterator[tuple[requests.Session, Conversation, str]]:
    try:
        with running_mariadb() as server, archive(server, size) as address:
            how.tell("the archive is there")
            with measured_service(how.folder, 1, DB_URL=address, CURATOR_ADMINS=EXEMPT) as service:
                service.start_web()
                contributor = service.contributor(EXEMPT)
                with contributor.connected() as talk:
                    yield contributor.browser, talk, service.web_url
    except (pytest.skip.Exception, pytest.fail.Exception) as nothing:
        raise Spoilt(str(nothing)) from None


def _over_http(browser: requests.Session, url: str, size: Size) -> Iterator[Question]:
    def question(path: str, query: Mapping[str, Any]) -> Question:
        def ask() -> Any:
            answer = browser.get(f"{url}{_ADMIN}/{path}", params=query, timeout=60)
            if answer.status_code != 200:
                raise Spoilt(f"{path} {query}: {answer.status_code} {answer.text[:200]}")
            return answer.json()

        told = " ".join(f"{name}={value}" for name, value in query.items())
        return Question(f"GET {path} {told}".strip(), ask)

    for path, words in _texts(size).items():
        pages: list[Mapping[str, Any]] = [{"page": page} for page in (1, 10, 100)]
        searches: list[Mapping[str, Any]] = [{"filter_text": word} for word in words]
        for query in (*pages, *searches, {"filter_text": words[0], "page": 10}):
            yield question(path, query)
    for query in _narrowed():
        yield question("upload_requests", query)
    for query in _failures():
        yield question("failed_uploads", query)
    yield question("batches", {"filter_text": "photo", "page": 100})


def _texts(size: Size) -> Mapping[str, Sequence[str]]:
    """What is searched for: the commonest words first, some that nothing fits."""
    return {
        "batches": ["Photographer 3", "Anna", "photo", "unicorn", "lighthouse", "failed", "17"],
        "upload_requests": [
            *("photo", "unicorn", "panorama", "lighthouse", "photo lighthouse", "de"),
            *("Anna 4", "Photographer", "queued", "completed", str(size.rare), "nothing of it"),
        ],
        "users": ["Anna", "Photographer 1999", "17"],
        "presets": ["Anna", "Preset 17", "17"],
    }


def _narrowed() -> Iterator[Mapping[str, Any]]:
    yield {"filter_text": "photo", "page": 100}
    for status in ("failed", "in_progress", "completed", ["failed", "cancelled", "completed"]):
        for page in (1, 100):
            yield {"status": status, "page": page}
    yield {"status": "in_progress", "filter_text": "photo"}
    yield {"status": "failed", "filter_text": "lighthouse"}
    for first, last in (("2023-02-01", "2023-02-01"), ("2023-01-01", "2025-12-31")):
        days = {"date_from": first, "date_to": last}
        for more in ({}, {"status": "failed"}, {"filter_text": "photo"}):
            yield days | more


def _failures() -> Iterator[Mapping[str, Any]]:
    for order in ("recent", "batchSize", "errorType", "user"):
        for page in (1, 10):
            yield {"sort_by": order, "page": page}
    yield {"error_type": "auth"}
    yield {"handler": "flickr"}
    yield {"handler": "mapillary", "error_type": "other", "page": 10}
    for word in ("unicorn", "photo", "Anna 4", "17"):
        yield {"search_text": word}


def _over_the_socket(talk: Conversation, size: Size) -> Iterator[Question]:
    def question(name: str, answer: str, data: dict[str, Any]) -> Question:
        told = " ".join(f"{key}={value}" for key, value in data.items())
        return Question(f"{name} {told}".strip(), lambda: talk.ask(name, data, answer))

    for data in ({"page": 2}, {"page": 100}, {"page": 1, "userid": "17"}, {"filter": "unicorn"}):
        yield question("FETCH_BATCHES", "BATCHES_LIST", data)
    for data in ({}, {"after": size.rows // 40}, {"status": "failed"}, {"limit": 500}):
        yield question(
            "FETCH_BATCH_UPLOADS_PAGE",
            "BATCH_UPLOADS_PAGE",
            {"batchid": size.largest_batch, **data},
        )
