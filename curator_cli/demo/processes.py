"""Child processes that surely end, or surely outlive us."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

GRACE_SECONDS = 12.0
_LOOK_EVERY_SECONDS = 0.02


class DidNotStart(Exception):
    """A part of the house ended, or did not answer; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process in a session of its own, so that Ctrl-C reaches only who started it.

    `born` is the kernel's start time of the process, in clock ticks since boot: a process id may
    be somebody else's later.
    """

    name: str
    pid: int
    born: int
    log: Path

    def is_alive(self) -> bool:
        """Whether it still runs."""
        _reap(self.pid)
        return _born(self.pid) == self.born

    def kill(self) -> None:
        """Ends it at once, as `kill -9` does, with all that it started."""
        self._signal(signal.SIGKILL)

    def ask_to_end(self) -> None:
        """Sends SIGTERM."""
        self._signal(signal.SIGTERM)

    def last_words(self) -> str:
        """The end of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
        except OSError:
            return ""

    def _signal(self, number: signal.Signals) -> None:
        if _born(self.pid) != self.born:
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return

    def as_json(self) -> dict[str, object]:
        """For the record of a house that is kept."""
        return {"name": self.name, "pid": self.pid, "born": self.born, "log": str(self.log)}

    @classmethod
    def of_json(cls, stored: Mapping[str, object]) -> Child:
        """From that record."""
        return cls(
            name=str(stored["name"]),
            pid=int(str(stored["pid"])),
            born=int(str(stored["born"])),
            log=Path(str(stored["log"])),
        )


def start(name: str, command: Sequence[str], env: Mapping[str, str], cwd: Path, log: Path) -> Child:
    """A new process that writes its output to `log`."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Child(name=name, pid=process.pid, born=_born(process.pid), log=log)


def stop_all(children: Sequence[Child]) -> None:
    """Asks all to end, and ends those that have not within `GRACE_SECONDS`."""
    for child in children:
        child.ask_to_end()
    until = time.monotonic() + GRACE_SECONDS
    while any(child.is_alive() for child in children):
        if time.monotonic() > until:
            for child in children:
                child.kill()
        time.sleep(_LOOK_EVERY_SECONDS)


def keep_record(children: Sequence[Child], record: Path) -> None:
    """Writes down who is left running."""
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps([child.as_json() for child in children], indent=1))


def recorded(record: Path) -> list[Child]:
    """Who was left running."""
    return [Child.of_json(stored) for stored in json.loads(record.read_text())]


def _born(pid: int) -> int:
    """0 where there is no such process; a zombie is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    state, born = fields[0], int(fields[19])
    return 0 if state in "ZX" else born


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
