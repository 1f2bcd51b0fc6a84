"""The wiki holds these bytes already: what we know of them goes to the file that has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from curator_core.domain.catalogue import failure_for
from curator_core.domain.outcome import Failure, FailureType
from curator_core.domain.title import IllegalTitle, Title
from curator_core.domain.upload import UploadStatus
from curator_core.ports.files import WikiFile
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.merge_statements import Knowledge, MergeStatements
from curator_core.use_cases.persistence import Exhausted


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How the upload of a picture ends that the wiki has already."""

    status: UploadStatus
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileDuplicate:
    """- Of several files with these bytes, the first that is no redirect is completed; the one
      under our title comes first among them.
    - The ending says whether anything was added, and names and links all files with the bytes.
    - Where nothing can be added it is a duplicate all the same, and says so with the reason.
      What a retry can mend ends as failed, since only what failed can be retried.
    """

    merge: MergeStatements

    def __call__(
        self,
        wiki: Wiki,
        files: Sequence[WikiFile],
        knowledge: Knowledge,
        sure: Callable[[], None],
    ) -> Reconciled:
        """`files` is not empty; `sure` is asked right before anything is written. Raises
        `Exhausted`; see `given_up`."""
        if not knowledge:
            return _reconciled(files, UploadStatus.DUPLICATE)
        file = next((file for file in files if not file.is_redirect), files[0])
        try:
            title = Title.as_told(file.title)
        except IllegalTitle as illegal:
            # An old name, of a kind that Curator would not give.
            told = f"Its structured data was left as it is: {illegal}"
            return _reconciled(files, UploadStatus.DUPLICATE, told)
        if not self.merge(wiki, title, knowledge, sure):
            told = f"The structured data of {file.link.title} lacks nothing of ours."
            return _reconciled(files, UploadStatus.DUPLICATE_NOT_UPDATED, told)
        self.merge.refresh(wiki, title)
        told = f"What its structured data lacked was added to {file.link.title}."
        return _reconciled(files, UploadStatus.DUPLICATE_UPDATED, told)

    def given_up(self, files: Sequence[WikiFile], exhausted: Exhausted) -> Reconciled:
        """The ending where what stopped the merge will not pass by itself."""
        reason = failure_for(exhausted.step, exhausted.fault)
        told = f"Its structured data could not be completed: {reason.message}"
        if not reason.retryable:
            return _reconciled(files, UploadStatus.DUPLICATE, told, reason)
        return _reconciled(files, UploadStatus.FAILED, told, reason)


_TYPES = {
    UploadStatus.DUPLICATE: FailureType.DUPLICATE,
    UploadStatus.DUPLICATE_UPDATED: FailureType.DUPLICATE_UPDATED,
    UploadStatus.DUPLICATE_NOT_UPDATED: FailureType.DUPLICATE_NOT_UPDATED,
    UploadStatus.FAILED: FailureType.ERROR,
}


def _reconciled(
    files: Sequence[WikiFile],
    status: UploadStatus,
    told: str = "",
    reason: Failure | None = None,
) -> Reconciled:
    names = ", ".join(file.link.title for file in files)
    message = f"The wiki holds this picture already: {names}. {told}".strip()
    failure = Failure(
        type=_TYPES[status],
        message=message,
        links=tuple(file.link for file in files),
        code=_TYPES[status].value if status is not UploadStatus.FAILED else "duplicate",
        raw_code=reason.raw_code if reason else "",
        hint=reason.hint if reason else "",
        retryable=reason.retryable if reason else False,
    )
    return Reconciled(status=status, failure=failure)
