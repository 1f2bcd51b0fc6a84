"""A progress bar where there is a terminal, a line now and then where there is none."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

UNFINISHED = ("queued", "in_progress")
_LINE_EVERY_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class Tally:
    """What is known of a batch while it runs; `sizes` are bytes by image id."""

    sizes: Mapping[str, int]
    began: float = field(default_factory=time.monotonic)
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)

    def take(self, changed: list[dict[str, Any]]) -> None:
        """Merges changes by key, and notes when each upload ended."""
        for upload in changed:
            key = upload["key"]
            self.uploads[key] = upload
            if upload["status"] not in UNFINISHED:
                self.ended.setdefault(key, self.seconds)

    @property
    def seconds(self) -> float:
        """Since the batch was started."""
        return time.monotonic() - self.began

    @property
    def files(self) -> int:
        """How many uploads ended."""
        return len(self.ended)

    @property
    def bytes(self) -> int:
        """How many bytes the ended uploads have."""
        return sum(self.sizes.get(key, 0) for key in self.ended)

    @property
    def per_minute(self) -> float:
        """Files a minute between the first that ended and the last."""
        if self.files < 2:
            return 0.0
        times = sorted(self.ended.values())
        return 60 * (self.files - 1) / max(times[-1] - times[0], 0.001)

    @property
    def seconds_left(self) -> float | None:
        """At this pace; None while there is none yet."""
        left = len(self.sizes) - self.files
        return 60 * left / self.per_minute if self.per_minute else None

    def line(self) -> str:
        """All of it in one line."""
        left = self.seconds_left
        return (
            f"{self.files}/{len(self.sizes)} files, "
            f"{self.bytes / 1e6:.1f} of {sum(self.sizes.values()) / 1e6:.1f} MB, "
            f"{self.per_minute:.0f} files/min, "
            f"{'? s' if left is None else f'{left:.0f} s'} left"
        )


class View:
    """Shows a tally as it grows."""

    def __init__(self, console: Console, tally: Tally, bar: Progress | None, task: TaskID) -> None:
        self._console = console
        self._tally = tally
        self._bar = bar
        self._task = task
        self._next_line = 0.0

    def show(self) -> None:
        """Draws what is new."""
        if self._bar is not None:
            self._bar.update(self._task, completed=self._tally.files, told=self._tally.line())
        elif self._tally.seconds >= self._next_line:
            self._next_line = self._tally.seconds + _LINE_EVERY_SECONDS
            self._console.print(f"  {self._tally.line()}")


@contextmanager
def shown(console: Console, tally: Tally) -> Iterator[View]:
    """A view of `tally` until the block ends."""
    if not console.is_terminal:
        yield View(console, tally, None, TaskID(0))
        return
    columns = (SpinnerColumn(), BarColumn(bar_width=30), TextColumn("{task.fields[told]}"))
    with Progress(*columns, console=console) as bar:
        yield View(console, tally, bar, bar.add_task("", total=len(tally.sizes), told=""))
