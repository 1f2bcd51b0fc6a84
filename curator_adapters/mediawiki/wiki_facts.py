"""What is true of a wiki for everybody, asked once for each process."""

from __future__ import annotations

from collections.abc import Callable


class WikiFacts:
    """Shared by all users' sessions with one wiki."""

    def __init__(self) -> None:
        self._max_size: int | None = None

    def max_size(self, ask: Callable[[], int]) -> int:
        """The largest file in bytes; `ask` is called until it has answered once.

        Nobody waits for somebody else's request: those who come before its answer ask too.
        """
        if self._max_size is None:
            self._max_size = ask()
        return self._max_size
