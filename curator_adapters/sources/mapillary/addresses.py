"""Finds the sequence that a contributor means in what they pasted."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

_SEQUENCE_ID = re.compile(r"[A-Za-z0-9_-]{16,32}")
"""Mapillary's are 22 characters of base64url; others near that length are left for it to judge."""

_PARAMETERS = frozenset(
    {"sequenceid", "sequence_id", "sequence_ids", "sequencekey", "sequence_key", "sequence", "skey"}
)
_PATH_STEPS = frozenset({"sequence", "sequences", "sequence_ids", "seq", "sq", "s"})


def sequence_in(address: str) -> str | None:
    """The sequence id that `address` is or holds; None where it holds none.

    `pKey` and `/map/im/…` name a single image: whose sequence that is only Mapillary knows.
    """
    written = address.strip().strip("<>")
    if _is_sequence_id(written):
        return written
    if "//" not in written:
        written = f"https://{written}"
    try:
        parts = urlsplit(written)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if host != "mapillary.com" and not host.endswith(".mapillary.com"):
        return None
    # Older addresses keep everything behind the `#`.
    fragment_path, _, fragment_query = parts.fragment.partition("?")
    candidates = [
        *_in_query(parts.query),
        *_in_path(parts.path),
        *_in_query(fragment_query),
        *_in_path(fragment_path),
    ]
    return next((candidate for candidate in candidates if _is_sequence_id(candidate)), None)


def _in_query(query: str) -> list[str]:
    return [value.strip() for name, value in parse_qsl(query) if name.lower() in _PARAMETERS]


def _in_path(path: str) -> list[str]:
    steps = [step for step in path.split("/") if step]
    return [following for step, following in pairwise(steps) if step.lower() in _PATH_STEPS]


def _is_sequence_id(text: str) -> bool:
    # Digits alone are an image's id.
    return bool(_SEQUENCE_ID.fullmatch(text)) and not text.isdigit()
