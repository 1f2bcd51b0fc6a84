"""A caption: a short description in one language, stored with the file's structured data."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_CHARACTERS = 250
"""Wikibase answers `modification-failed` beyond this (capture `wb-label-too-long`)."""

_LANGUAGE = re.compile(r"[a-z]{2,}(-[a-z0-9]+)*")
_HALVES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """Text in one language; inner line breaks and outer spaces are cleaned as Wikibase does."""

    language: str
    text: str

    def __post_init__(self) -> None:
        if not _LANGUAGE.fullmatch(self.language):
            raise ValueError(f"{self.language!r} is not a language code")
        cleaned = " ".join(self.text.split())
        if not cleaned:
            raise ValueError("an empty caption would delete the one that is there")
        if _HALVES.search(cleaned):
            # Legal in JSON, but nobody can be sent it.
            raise ValueError("it holds half a character")
        if len(cleaned) > MAX_CHARACTERS:
            raise ValueError(
                f"a caption holds {MAX_CHARACTERS} characters; this one has {len(cleaned)}"
            )
        object.__setattr__(self, "text", cleaned)
