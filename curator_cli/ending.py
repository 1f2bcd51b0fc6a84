"""An end that cleans up, whoever asks for it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Makes SIGTERM end the block as Ctrl-C does, with `KeyboardInterrupt`, so that whatever was
    opened is closed again. Without it the process would end where it stands."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
