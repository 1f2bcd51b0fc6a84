"""A piece of a file, read as it is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from curator_core.ports.downloads import unheard


class FileSlice:
    """`length` bytes of a file from `offset`; never more of them in memory than are asked for.

    requests-toolbelt streams anything with `read` and a `len` that shrinks while it is read.
    `advanced` is called before each piece: those before it were sent by then.
    """

    def __init__(
        self, path: Path, offset: int, length: int, advanced: Callable[[], None] = unheard
    ) -> None:
        self._file = path.open("rb")
        self._file.seek(offset)
        self.len = length
        self._advanced = advanced

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes. Raises `EOFError` where the file ends before the piece does."""
        self._advanced()
        wanted = self.len if size < 0 else min(size, self.len)
        piece = self._file.read(wanted)
        if wanted and not piece:
            raise EOFError(f"the file ended {self.len} bytes too early")
        self.len -= len(piece)
        return piece

    def __enter__(self) -> FileSlice:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
