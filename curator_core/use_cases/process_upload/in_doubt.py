"""What a failure has to say of a file that may have been published all the same."""

from __future__ import annotations

from dataclasses import replace

from curator_core.domain.fault import FaultKind
from curator_core.domain.outcome import Failure
from curator_core.domain.retry import Step
from curator_core.domain.upload import Upload
from curator_core.use_cases.persistence import Exhausted

_MAY_STILL_COME = frozenset({FaultKind.NO_RESULT, FaultKind.NONCE_USED})
"""The last look found nothing yet; what the wiki does in the background may still bring it. What
else may hide that a publish request took fails nobody."""

SAYS_NO = frozenset({FaultKind.PAGE_REFUSED, FaultKind.FILTER_WARNING, FaultKind.REFUSED})
"""Told by a poll: the wiki carried the publish request out, and this is what came of it."""


def with_doubt(
    upload: Upload,
    failure: Failure,
    stopped_by: Exhausted | None = None,
    *,
    settled: bool = False,
) -> Failure:
    """`failure`, and where its file may be, if its publish step had begun and nobody knows what
    came of it. `stopped_by` is what ended the attempt; without it nobody has looked, unless it is
    `settled` by a look that this attempt began with."""
    if settled or not _is_in_doubt(upload, stopped_by):
        return failure
    told = f"It may have been published all the same, as File:{upload.filename}."
    hint = "Look for the file on the wiki. A retry does not publish it twice."
    return replace(
        failure, message=f"{failure.message} {told}", hint=f"{hint} {failure.hint}".strip()
    )


def _is_in_doubt(upload: Upload, stopped_by: Exhausted | None) -> bool:
    checkpoint = upload.checkpoint
    if checkpoint.publish_begun is None or checkpoint.published_title is not None:
        return False
    if stopped_by is None:
        return True
    match stopped_by.step:
        case Step.CHUNK:
            # No attempt comes here before it has seen that nothing was published earlier.
            return False
        case Step.POLL if stopped_by.fault.kind in SAYS_NO:
            return False
        case Step.PUBLISH if stopped_by.fault.kind in _MAY_STILL_COME:
            return True
        case Step.PUBLISH | Step.FILE:
            return not stopped_by.settled
        case _:
            return True
