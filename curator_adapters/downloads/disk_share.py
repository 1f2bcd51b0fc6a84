"""The part of the disk that this process's downloads may take together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind

TWO_GIB = 2 * 1024**3
"""What a worker may have on its disk at a time (SPEC §4), unless its operator says otherwise."""


class DiskShare:
    """Hands out `limit` bytes among any number of threads. What is alone may take more: a file of
    5 GiB has to pass too."""

    def __init__(self, limit: int = TWO_GIB) -> None:
        self._limit = limit
        self._taken = 0
        self._lock = Lock()

    @contextmanager
    def of(self, size: int) -> Iterator[None]:
        """Room for `size` bytes until the block ends. Raises `Faulted`, `DISK_SHARED` at once where
        others leave too little."""
        with self._lock:
            if self._taken and self._taken + size > self._limit:
                info = f"{self._taken:,} of {self._limit:,} bytes are taken, {size:,} are wanted."
                raise Faulted(Fault(kind=FaultKind.DISK_SHARED, info=info))
            self._taken += size
        try:
            yield
        finally:
            with self._lock:
                self._taken -= size
