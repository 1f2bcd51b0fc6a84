"""What an attempt works with."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.ids import Sha1
from curator_core.domain.statement import Statement
from curator_core.domain.title import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the source gave: where the bytes are, and what is known about the picture."""

    address: str
    hosts: frozenset[str]
    statements: tuple[Statement, ...]
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is to be on the wiki in the end; `is_respelled` where the title is in the spelling
    that the wiki asked for."""

    title: Title
    sha1: Sha1
    size: int
    wikitext: str
    summary: str
    is_respelled: bool = False
