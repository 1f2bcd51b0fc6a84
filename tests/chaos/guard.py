"""Ends every process of a chaos run once whoever started it is gone, however it went.

Called as `guard.py MARK` with a pipe on standard input: the kernel closes it with its owner, also
by SIGKILL.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

VARIABLE = "CURATOR_CHAOS_RUN"
"""Every process of a run has its mark in this variable."""


def marked(mark: str) -> Iterator[tuple[int, str]]:
    """Every process of the run with this `mark` that still runs: its id and its command."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
            if f"{VARIABLE}={mark}".encode() in environment:
                yield int(process.name), (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue


def end_all(mark: str) -> list[str]:
    """Kills what of the run still lives; answers the commands."""
    found = list(marked(mark))
    for pid, _ in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return [command for _, command in found]


def main() -> None:
    # Only the closed pipe ends this process: not the Ctrl-C that its owner is to see first.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    while end_all(sys.argv[1]):
        # A process may have started another while we looked.
        pass


if __name__ == "__main__":
    main()
