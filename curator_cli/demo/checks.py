"""Whether the wiki really holds what was to be uploaded: asked of the sandbox, not of Curator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

PHOTO_ID = "P1947"
"""Mapillary photo id (SPEC §7)."""

MOST_REQUESTS = 6
"""For a file that fits into one chunk (SPEC §14)."""

_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """What the source has."""

    id: str
    sha1: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at, and what is amiss."""

    what: str
    amiss: tuple[str, ...]


def photographs(sandbox_url: str, sequence: str) -> tuple[str, list[Photograph]]:
    """The id of the sequence with this name, and its photographs' sizes and SHA-1s."""
    found = _get(f"{sandbox_url}/sandbox/sequences?name={sequence}")[0]
    return found["id"], [
        Photograph(id=one["id"], sha1=one["sha1"], size=one["size"]) for one in found["images"]
    ]


def look(
    sandbox_url: str,
    expected: Sequence[Photograph],
    titles: Mapping[str, str],
    *,
    undisturbed: bool,
) -> list[Check]:
    """Every check of the wiki against the source; `titles` are file names by image id.

    `undisturbed`: no worker was killed, so that the number of requests can be judged.
    """
    files = {file["title"]: file for file in _get(f"{sandbox_url}/sandbox/files")}
    wanted = {f"File:{titles[one.id]}": one for one in expected}
    checks = [
        Check(
            what=f"the wiki holds {len(expected)} files, and no others",
            amiss=tuple(
                [f"{title} is missing" for title in wanted if title not in files]
                + [f"{title} was not asked for" for title in files if title not in wanted]
            ),
        ),
        _each(
            "every file is byte for byte the source's (SHA-1 and size)",
            wanted,
            files,
            lambda one, file: (file["sha1"], file["size"]) == (one.sha1, one.size),
        ),
        _each(
            "every file was published once (one revision)",
            wanted,
            files,
            lambda _, file: len(file["revisions"]) == 1,
        ),
        _each(
            "every file has its statements, once, and its caption",
            wanted,
            files,
            lambda one, file: _photo_ids(file) == [one.id] and bool(file["captions"]),
        ),
    ]
    if undisturbed:
        checks.append(_requests(sandbox_url, wanted))
    return checks


def requests_for_each_file(sandbox_url: str, titles: Sequence[str]) -> dict[str, list[str]]:
    """The wiki requests that named each file, in their order."""
    counted = _get(f"{sandbox_url}/sandbox/requests")["files"]
    return {title: counted.get(f"File:{title}", []) for title in titles}


def _requests(sandbox_url: str, wanted: Mapping[str, Photograph]) -> Check:
    counted = _get(f"{sandbox_url}/sandbox/requests")["files"]
    amiss = []
    for title in wanted:
        kinds = counted.get(title, [])
        chunks = sum("chunk" in kind for kind in kinds)
        if not kinds or len(kinds) - max(chunks - 1, 0) > MOST_REQUESTS:
            amiss.append(f"{title}: {len(kinds)} ({', '.join(kinds)})")
    what = f"at most {MOST_REQUESTS} wiki requests for a file, and one more for each further chunk"
    return Check(what=what, amiss=tuple(amiss))


def _each(
    what: str,
    wanted: Mapping[str, Photograph],
    files: Mapping[str, dict[str, Any]],
    holds: Any,
) -> Check:
    return Check(
        what=what,
        amiss=tuple(
            title
            for title, one in wanted.items()
            if title in files and not holds(one, files[title])
        ),
    )


def _photo_ids(file: dict[str, Any]) -> list[str]:
    # Wikibase gives an empty list where there are no statements.
    statements = file["statements"] or {}
    return [
        statement["mainsnak"]["datavalue"]["value"] for statement in statements.get(PHOTO_ID, [])
    ]


def _get(url: str) -> Any:
    answer = requests.get(url, timeout=_PATIENCE_SECONDS)
    answer.raise_for_status()
    return answer.json()
