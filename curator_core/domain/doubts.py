"""The wiki's warnings as the contributor reads them: what each means, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curator_core.domain.outcome import Failure

OTHER_TITLE = "Choose another title, then retry: the wiki keeps the file for some hours."
_ASK = "Ask on the wiki before it is uploaded again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A sentence on what it means; `hint` says what to do, `retryable` whether that is a retry."""

    told: str
    hint: str = OTHER_TITLE
    retryable: bool = True


def _final(told: str, hint: str) -> Doubt:
    return Doubt(told=told, hint=hint, retryable=False)


DOUBTS: dict[str, Doubt] = {
    "badfilename": Doubt(told="The wiki would give the file another name."),
    "was-deleted": Doubt(told="A file of this name was deleted from the wiki before."),
    "duplicate-archive": _final("The wiki deleted a file with exactly these bytes before.", _ASK),
    "duplicateversions": Doubt(
        told="An older version of the file of this name has exactly these bytes."
    ),
    "page-exists": Doubt(told="There is a description page of this name, without a file."),
    "exists-normalized": Doubt(told="There is a file whose name differs in its spelling only."),
    "thumb": Doubt(told="The title is that of a thumbnail of a file on the wiki."),
    "thumb-name": Doubt(told="The title looks like that of a thumbnail."),
    "bad-prefix": Doubt(
        told="The title begins as cameras name their files and does not say what is shown."
    ),
    "empty-file": _final("The file is empty.", "Look at the picture at its source."),
    "large-file": _final("The file is larger than the wiki likes.", "Upload a smaller one."),
    "filetype-unwanted-type": _final("The wiki does not want files of this type.", _ASK),
}
"""By the wiki's own names: all that MediaWiki 1.43 has beside those that are looked into
(`duplicate`, `exists`, `nochange`). A `badfilename` stands here that does more than normalise."""


def warned_of(warnings: Sequence[tuple[str, str]]) -> Failure:
    """How an upload ends that the wiki warned of; each warning by name, with what it is about.

    The message says what can be done too: not every client shows hints.

    A retry can help where it can for every single one.
    """
    doubts = [(DOUBTS.get(name) or _unknown(name), about) for name, about in warnings]
    retryable = all(doubt.retryable for doubt, _ in doubts)
    hints = dict.fromkeys(doubt.hint for doubt, _ in doubts if doubt.retryable is retryable)
    told = [f"{doubt.told} ({about})" if about else doubt.told for doubt, about in doubts]
    return Failure(
        message=" ".join([*told, *hints]) or "The wiki warned without saying why.",
        code="warned",
        raw_code=", ".join(name for name, _ in warnings),
        hint=" ".join(hints),
        retryable=retryable,
    )


def _unknown(name: str) -> Doubt:
    return _final(f"The wiki warns of this upload: {name}.", _ASK)
