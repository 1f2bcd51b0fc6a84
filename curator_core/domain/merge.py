"""What a file's structured data lacks of ours: merging only ever adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from curator_core.domain.caption import Caption
from curator_core.domain.statement import (
    Coordinates,
    Reference,
    Snak,
    Statement,
    StoredStatement,
    same_reference,
    same_snak,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A file's structured data as it was read: its statements in order, and the languages in
    which it has a caption.

    `revision` is the wiki's number of the state that was read; None where the file has no
    structured data yet.
    """

    revision: int | None = None
    statements: tuple[StoredStatement, ...] = ()
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What one existing statement is given; its value, rank and all it has stay as they are."""

    to: StoredStatement
    qualifiers: tuple[Snak, ...] = ()
    references: tuple[Reference, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.qualifiers or self.references)


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """All that a file is given: new statements, what existing ones gain, new captions."""

    statements: tuple[Statement, ...] = ()
    gains: tuple[Gain, ...] = ()
    captions: tuple[Caption, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.statements or self.gains or self.captions)


def merge(
    existing: Description, statements: Iterable[Statement], captions: Iterable[Caption]
) -> Additions:
    """What `existing` lacks of our statements and captions (SPEC §6).

    - A property that is not there is added.
    - A statement whose main value means the same as ours gains the qualifiers and references
      that it lacks. If several do, it is the one that lacks the fewest.
    - A property that has only other values keeps them and gets none of ours.
    - Coordinates that exist stay untouched: they gain nothing either, since what we would add
      (a heading) was measured with ours.
    - A language that has a caption keeps it.
    """
    new: list[Statement] = []
    gains: dict[str, Gain] = {}
    taken = {stored.statement.main.property for stored in existing.statements}
    for proposed in _folded(statements):
        if proposed.main.property not in taken:
            new.append(proposed)
        elif gain := _gain(existing.statements, proposed):
            before = gains.get(gain.to.id)
            gains[gain.to.id] = _together(before, gain) if before else gain
    return Additions(
        statements=tuple(new),
        gains=tuple(gains.values()),
        captions=_new_captions(existing, captions),
    )


def _folded(statements: Iterable[Statement]) -> list[Statement]:
    """Each value of ours once, with all that is said of it. Two "some value" stay two: they may
    be two people whom no item stands for."""
    folded: list[Statement] = []
    for statement in statements:
        if statement in folded:
            continue
        place = None if statement.main.value is None else _place_of(statement.main, folded)
        if place is None:
            bare = replace(statement, qualifiers=(), references=())
            folded.append(_joined(bare, statement.qualifiers, statement.references))
        else:
            folded[place] = _joined(folded[place], statement.qualifiers, statement.references)
    return folded


def _place_of(main: Snak, among: Sequence[Statement]) -> int | None:
    for place, statement in enumerate(among):
        if same_snak(statement.main, main):
            return place
    return None


def _joined(
    statement: Statement, qualifiers: Iterable[Snak], references: Iterable[Reference]
) -> Statement:
    joined = statement
    for qualifier in qualifiers:
        if not _has_qualifier(joined, qualifier):
            joined = replace(joined, qualifiers=(*joined.qualifiers, qualifier))
    for reference in references:
        if not _has_reference(joined, reference):
            joined = replace(joined, references=(*joined.references, reference))
    return joined


def _gain(existing: Sequence[StoredStatement], proposed: Statement) -> Gain | None:
    gains = []
    for stored in existing:
        if not same_snak(stored.statement.main, proposed.main):
            continue
        if isinstance(stored.statement.main.value, Coordinates):
            return None
        qualifiers, references = _lacking(stored.statement, proposed)
        gains.append(Gain(to=stored, qualifiers=qualifiers, references=references))
    least = min(gains, key=lambda gain: len(gain.qualifiers) + len(gain.references), default=None)
    return least or None


def _together(one: Gain, other: Gain) -> Gain:
    nothing = Statement(main=one.to.statement.main)
    first = _joined(nothing, one.qualifiers, one.references)
    both = _joined(first, other.qualifiers, other.references)
    return replace(one, qualifiers=both.qualifiers, references=both.references)


def _lacking(
    existing: Statement, proposed: Statement
) -> tuple[tuple[Snak, ...], tuple[Reference, ...]]:
    return (
        tuple(each for each in proposed.qualifiers if not _has_qualifier(existing, each)),
        tuple(each for each in proposed.references if not _has_reference(existing, each)),
    )


def _has_qualifier(statement: Statement, qualifier: Snak) -> bool:
    return any(same_snak(each, qualifier) for each in statement.qualifiers)


def _has_reference(statement: Statement, reference: Reference) -> bool:
    return any(same_reference(each, reference) for each in statement.references)


def _new_captions(existing: Description, captions: Iterable[Caption]) -> tuple[Caption, ...]:
    first: dict[str, Caption] = {}
    for caption in captions:
        if caption.language not in existing.languages:
            first.setdefault(caption.language, caption)
    return tuple(first.values())
