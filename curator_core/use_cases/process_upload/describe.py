"""Writes what is known about a published file."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.title import Title
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.merge_statements import Knowledge, MergeStatements


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
        self, wiki: Wiki, title: Title, knowledge: Knowledge, *, just_published: bool
    ) -> bool:
        """Whether anything was written. Raises `Exhausted` where it could not be."""
        if not knowledge:
            return False
        wrote = self.merge(wiki, title, knowledge, is_new=just_published)
        self.merge.refresh(wiki, title)
        return wrote
