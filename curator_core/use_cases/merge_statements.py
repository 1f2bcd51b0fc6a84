"""Gives a file of the wiki what its structured data lacks of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from curator_core.domain.caption import Caption
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.merge import Additions, Description, merge
from curator_core.domain.retry import Step
from curator_core.domain.statement import Statement
from curator_core.domain.title import Title
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.persistence import Persistence

_REFUSES = frozenset({FaultKind.REFUSED, FaultKind.UNFORESEEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What we have to say of a file, and the summary under which we say it."""

    statements: Sequence[Statement]
    captions: Sequence[Caption]
    summary: str

    def __bool__(self) -> bool:
        return bool(self.statements or self.captions)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeStatements:
    """- What is there is read first, and only what is missing is written.
    - A file that nobody can have described yet need not be read.
    - Nothing is written by an attempt that is not `sure` that it is still alone.
    - After any answer in doubt, and after an edit conflict, it is read and merged anew: what the
      wiki took is never written twice, what others wrote meanwhile is kept.
    """

    persistence: Persistence

    def __call__(
        self,
        wiki: Wiki,
        title: Title,
        knowledge: Knowledge,
        sure: Callable[[], None],
        *,
        is_new: bool = False,
    ) -> bool:
        """Whether we added anything. Raises `Exhausted`, and what `sure` raises."""
        merging = _Merging(wiki=wiki, title=title, knowledge=knowledge, sure=sure)
        if is_new:
            merging.known = Description()
        return self.persistence.attempt(
            Step.DESCRIBE, merging.write_what_lacks, settle=merging.settle
        )

    def refresh(self, wiki: Wiki, title: Title) -> None:
        """Lets the page's templates show it: by a purge, or where the wiki refuses that by an edit
        that changes nothing. Where that fails too the wiki does it by itself in time."""
        try:
            self.persistence.attempt(Step.DESCRIBE, lambda: wiki.pages.refresh(title))
        except Faulted as faulted:
            if faulted.fault.kind in _REFUSES:
                with suppress(Faulted):
                    self.persistence.attempt(Step.DESCRIBE, lambda: wiki.pages.touch(title))


@dataclass(slots=True, kw_only=True)
class _Merging:
    """`known` is what the file has, until a write may have changed it; `in_doubt` says that a
    write of ours may have taken although it was not answered so."""

    wiki: Wiki
    title: Title
    knowledge: Knowledge
    sure: Callable[[], None]
    known: Description | None = field(default=None)
    in_doubt: bool = False

    def write_what_lacks(self) -> bool:
        existing, self.known = self.known or self._read(), None
        additions = self._additions(existing)
        if not additions:
            return self.in_doubt
        self.sure()
        try:
            self.wiki.statements.write(
                self.title, additions, self.knowledge.summary, base=existing.revision
            )
        except Faulted as faulted:
            # After a conflict nothing of ours was saved; what is there now is somebody else's.
            self.in_doubt = faulted.fault.kind is not FaultKind.EDIT_CONFLICT
            raise
        return True

    def settle(self) -> bool | None:
        """Whether nothing is left to be written; what was read for it need not be read again."""
        self.known = self._read()
        return None if self._additions(self.known) else self.in_doubt

    def _additions(self, existing: Description) -> Additions:
        return merge(existing, self.knowledge.statements, self.knowledge.captions)

    def _read(self) -> Description:
        existing = self.wiki.statements.read(self.title)
        if existing is None:
            # Whoever asks has seen the file: it was deleted this moment, or a replica lags.
            info = f"The wiki does not know {self.title.page}."
            raise Faulted(Fault(kind=FaultKind.STORAGE, code="missing", info=info))
        return existing
