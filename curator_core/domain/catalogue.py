"""Every error as the contributor reads it: a sentence, and whether a retry can help."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.outcome import Failure, FileLink
from curator_core.domain.retry import Step

SESSION_EXPIRED = "Your session has expired. Please log in and retry."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`told` is a sentence, or nothing where the vendor's own words say it best; `alone` means
    that those words are left out. `retryable` says that a retry can help, done as `hint` says.
    `keeps` means that the wiki still has a file that was sent before this happened."""

    told: str = ""
    alone: bool = False
    keeps: bool = False
    retryable: bool = False
    hint: str = ""


_AGAIN = "Retry the upload later."
LOG_IN = "Log in again, then retry."
_OPERATOR = "Tell the operator of this server."
OPERATOR_FIRST = "Tell the operator of this server, then retry."
OTHER_TITLE = "Choose another title, then retry."
_KEPT = "The wiki keeps the file for some hours: until then a retry need not send it again."


def _passing(
    told: str = "", *, hint: str = _AGAIN, alone: bool = False, keeps: bool = False
) -> Entry:
    return Entry(told=told, alone=alone, retryable=True, hint=hint, keeps=keeps)


CATALOGUE: dict[FaultKind, Entry] = {
    FaultKind.UNREACHABLE: _passing("The wiki could not be reached."),
    FaultKind.ODD_ANSWER: _passing(
        "The wiki kept giving answers that Curator does not understand."
    ),
    FaultKind.BAD_TOKEN: _passing("The wiki did not accept our edit token."),
    FaultKind.NONCE_USED: _passing("The wiki took a request for a repeated one."),
    FaultKind.BUSY: _passing("The wiki is too busy."),
    FaultKind.READ_ONLY: _passing("The wiki is read-only at the moment."),
    FaultKind.RATE_LIMITED: _passing("The wiki's limit for your account is reached."),
    FaultKind.NO_GRANT: _passing(SESSION_EXPIRED, hint=LOG_IN, alone=True),
    FaultKind.NOT_LOGGED_IN: _passing(SESSION_EXPIRED, hint=LOG_IN, alone=True),
    FaultKind.SESSION_ENDED: _passing(SESSION_EXPIRED, hint=LOG_IN, alone=True),
    FaultKind.MISCONFIGURED: _passing(
        "The wiki does not accept this server's credentials.", hint=_OPERATOR
    ),
    FaultKind.BLOCKED: Entry(
        told="The wiki does not let your account upload.",
        hint="Ask an administrator of the wiki.",
    ),
    FaultKind.STORAGE: _passing("The wiki's storage had trouble."),
    FaultKind.STASH_TROUBLE: _passing("The wiki could not put the file into its stash."),
    FaultKind.STASH_GONE: _passing("The wiki lost the file while it was being uploaded."),
    FaultKind.WRONG_OFFSET: _passing("The wiki and Curator disagree on how much was sent."),
    FaultKind.ALREADY_COMPLETE: _passing("The wiki says that it holds the whole file already."),
    FaultKind.PUBLISH_CONFLICT: _passing("The wiki was busy with a file of the same name."),
    FaultKind.NO_RESULT: _passing("The wiki did not say what became of the file."),
    FaultKind.STILL_PUBLISHING: _passing("The wiki was still publishing the file."),
    FaultKind.NO_CHANGE: Entry(told="The wiki holds exactly this file already."),
    FaultKind.NAME_TAKEN: _passing(
        "A file of this name exists already.", hint=OTHER_TITLE, keeps=True
    ),
    FaultKind.EDIT_CONFLICT: _passing("Somebody else was editing at the same time."),
    FaultKind.SOURCE_TROUBLE: _passing("The source did not deliver the picture."),
    FaultKind.SOURCE_REFUSED: Entry(told="The source refused the picture."),
    FaultKind.NOT_AN_IMAGE: Entry(told="What the source delivered is not the picture promised."),
    FaultKind.TOO_LARGE: Entry(told="The picture is larger than the wiki allows."),
    FaultKind.IMAGE_MISSING: Entry(told="The source has no such picture."),
    FaultKind.ADDRESS_FORBIDDEN: Entry(told="Curator does not download from this address."),
    FaultKind.HASH_LOCKED: _passing(
        "The same picture is being uploaded by somebody else right now.", alone=True
    ),
    FaultKind.TURN_TAKEN: _passing(
        "Another of your uploads was being published all the time.", alone=True
    ),
    FaultKind.TOO_SOON: _passing(
        "Your uploads were published faster than the wiki allows.", alone=True
    ),
    FaultKind.GATE_CLOSED: _passing("Uploads are held back."),
    FaultKind.DISK_FULL: _passing("This server has no room for the picture.", hint=_OPERATOR),
    FaultKind.DISK_SHARED: _passing(
        "This server was busy with other pictures all the time.", alone=True
    ),
    FaultKind.PAGE_REFUSED: _passing(
        hint="Choose another title or text, as the wiki's words suggest, then retry.", keeps=True
    ),
    FaultKind.FILTER_WARNING: _passing(
        hint="If you are sure that the file belongs on the wiki, retry: that confirms it.",
        keeps=True,
    ),
    FaultKind.REFUSED: Entry(),
    FaultKind.UNFORESEEN: _passing(hint=OPERATOR_FIRST),
}

_WIKI_SPEAKS_FIRST = frozenset({Step.CHUNK, Step.PUBLISH, Step.POLL, Step.FILE})


def sentence_for(step: Step, fault: Fault) -> str:
    """What to tell a person of `fault`; at a chunk or publishing it begins with the wiki's
    `code: info` (SPEC §3)."""
    entry = CATALOGUE[fault.kind]
    if entry.alone:
        return entry.told
    if step in _WIKI_SPEAKS_FIRST and fault.code:
        return f"{_closed(fault.detail)} {entry.told}" if entry.told else fault.detail
    said = fault.info or fault.code
    return (
        f"{entry.told.rstrip('.')}: {said}" if entry.told and said else entry.told or fault.detail
    )


def _closed(words: str) -> str:
    # Many a message of the wiki has no full stop.
    return words if words.endswith((".", "!", "?")) else f"{words}."


def failure_for(step: Step, fault: Fault, *, stashed: bool = False) -> Failure:
    """How an upload ends that `fault` stopped at `step`; `stashed`: with its whole file sent."""
    entry = CATALOGUE[fault.kind]
    return Failure(
        message=sentence_for(step, fault),
        code=fault.kind.value,
        raw_code=fault.code,
        hint=f"{entry.hint} {_KEPT}" if stashed and entry.keeps else entry.hint,
        retryable=entry.retryable,
    )


def name_taken(file: FileLink, *, stashed: bool) -> Failure:
    """How an upload ends whose title holds other bytes."""
    return Failure(
        message=f"File already exists with different content: {file.title}",
        links=(file,),
        code=FaultKind.NAME_TAKEN.value,
        hint=f"{OTHER_TITLE} {_KEPT}" if stashed else OTHER_TITLE,
        retryable=True,
    )
