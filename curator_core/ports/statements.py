"""A file's structured data on the wiki."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from curator_core.domain.caption import Caption
from curator_core.domain.statement import Statement
from curator_core.domain.title import Title


class Statements(Protocol):
    """Reads and writes structured data, addressed by the file's title."""

    def write(
        self,
        title: Title,
        statements: Sequence[Statement],
        captions: Sequence[Caption],
        summary: str,
    ) -> None:
        """Gives a file that has none these statements and captions, in one edit.

        Twice the same doubles the statements. Raises `Faulted`: `EDIT_CONFLICT` where somebody
        else wrote meanwhile, `STORAGE` where the wiki could not save it now or does not know the
        file yet (a replica that lags).
        """
        ...

    def is_described(self, title: Title) -> bool:
        """Whether the file has any statements or captions already. Raises `Faulted`, `STORAGE`
        where the wiki does not know the file yet."""
        ...
