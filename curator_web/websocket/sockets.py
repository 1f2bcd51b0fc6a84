"""How many WebSockets are connected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Sockets:
    """Counts those of this process."""

    def __init__(self) -> None:
        self.count = 0

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Until the block ends."""
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1
