"""Writes what is known about a published file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curator_core.domain.caption import Caption
from curator_core.domain.errors import Faulted
from curator_core.domain.retry import Step
from curator_core.domain.statement import Statement
from curator_core.domain.title import Title
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.persistence import Persistence


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    """- A file that was published this moment is described without reading it first.
    - One that an earlier attempt published, or whose write was answered in doubt, is read
      before: what is there is never written twice.
    - The page is refreshed so that its templates show the statements; where that fails the
      upload is complete all the same, since the wiki does it by itself in time.
    """

    persistence: Persistence

    def __call__(
        self,
        wiki: Wiki,
        title: Title,
        statements: Sequence[Statement],
        captions: Sequence[Caption],
        summary: str,
        *,
        just_published: bool,
    ) -> None:
        """Raises `Exhausted` where it could not be written."""
        if not statements and not captions:
            return

        def described() -> bool | None:
            return wiki.statements.is_described(title) or None

        def write() -> bool:
            wiki.statements.write(title, statements, captions, summary)
            return True

        if just_published or not self.persistence.attempt(
            Step.DESCRIBE, lambda: wiki.statements.is_described(title)
        ):
            self.persistence.attempt(Step.DESCRIBE, write, settle=described)
        try:
            self.persistence.attempt(Step.DESCRIBE, lambda: wiki.pages.refresh(title))
        except Faulted:
            return
