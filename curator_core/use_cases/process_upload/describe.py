"""Writes what is known about a published file."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.title import Title
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.merge_statements import Knowledge, MergeStatements
from curator_core.use_cases.process_upload.attempt import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    """- A file that was published this moment is described without reading it first.
    - One that an earlier attempt published, or may have, is read before: what is there is never
      written twice, and what others wrote meanwhile stays.
    - The page is refreshed so that its templates show the statements; where that fails the
      upload is complete all the same.
    """

    merge: MergeStatements

    def __call__(
        self, attempt: Attempt, wiki: Wiki, title: Title, knowledge: Knowledge, *, is_new: bool
    ) -> bool:
        """Whether anything was written; `is_new`: the file was published this moment. Raises
        `Exhausted` where it could not be."""
        if not knowledge:
            return False
        wrote = self.merge(wiki, title, knowledge, attempt.make_sure, is_new=is_new)
        self.merge.refresh(wiki, title)
        return wrote
