"""An end that cleans up, whoever asks for it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Makes SIGTERM, and a terminal that is closed, end the block as Ctrl-C does, with
    `KeyboardInterrupt`, so that whatever was opened is closed again. Without it the process would
    end where it stands.

    Only the first of such signals counts: another one would break the cleaning up off.
    """
    asked = False

    def interrupt(*_: object) -> None:
        nonlocal asked
        if not asked:
            asked = True
            raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def undisturbed() -> None:
    """From here on nothing breaks off what is being cleaned up; the end of `ending_in_order`
    puts things back as they were."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
