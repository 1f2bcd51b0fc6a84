"""Runs the web until it is told to end: `python -m curator_web`."""

from __future__ import annotations

import gc
import signal
import sys


def main() -> int:
    """The web's exit code."""
    # Loading takes a second, in which nothing is there yet that an end would have to put in order:
    # Ctrl-C ends the process as a signal does, and shows no trace.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # `curator` blocks it until here.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # What is loaded stays: to look through it for garbage meanwhile takes a fifth of the time, and
    # later on it would hold up live updates.
    gc.disable()
    from curator_web.running import run  # noqa: PLC0415 - see above

    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return run()


if __name__ == "__main__":
    sys.exit(main())
