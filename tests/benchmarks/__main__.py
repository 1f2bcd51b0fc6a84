"""Measures and prints one table: figure, bar, verdict."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from curator_cli.ending import ending_in_order
from tests.benchmarks.accepting import accepting
from tests.benchmarks.archive import Size
from tests.benchmarks.database import claims_at_once, idle_tick
from tests.benchmarks.frames import frames_for
from tests.benchmarks.house import Spoilt
from tests.benchmarks.lists import lists_at
from tests.benchmarks.paces import COMMONS_TEN_TIMES_FASTER, cut_for, pace_for
from tests.benchmarks.rows import (
    MEBIBYTE,
    How,
    Measured,
    memory_for,
    memory_with_two,
    reads_for,
    requests_for,
    sent_again_for,
)
from tests.benchmarks.sharing import fairness_beside, outage_of
from tests.benchmarks.simulated import seeded
from tests.benchmarks.starting import web_start

GIBIBYTE = 1024 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A number to reach; without `measure`, one of a later step."""

    name: str
    what: str
    bar: str
    measure: Callable[[How], Measured] | None = None


ROWS = (
    Row(name="requests-5mb", what="wiki requests for a file of 5,000,000 bytes", bar="≤ 6",
        measure=requests_for(5_000_000, 6)),
    Row(name="requests-50mb", what="wiki requests for a file of 50,000,000 bytes", bar="≤ 8",
        measure=requests_for(50_000_000, 8)),
    Row(name="pace", what="share of the allowed pace in use, 380 per 432 s",
        bar="≥ 95 %, none refused",
        measure=pace_for(2_000, COMMONS_TEN_TIMES_FASTER, 0.95)),
    Row(name="pace-cut", what="the limit cut to a third in the middle",
        bar="nothing lost, nobody failed",
        measure=cut_for(400, COMMONS_TEN_TIMES_FASTER)),
    Row(name="fairness", what="10 uploads beside another user's 10,000",
        bar="within 5 s of an equal share", measure=fairness_beside(10_000, 5)),
    Row(name="outage", what="the wiki away for half an hour in the middle", bar="0 failed",
        measure=outage_of(1_800, 300)),
    Row(name="memory", what="worker's peak memory, 4 GiB against 4 MiB", bar="≤ +16 MiB",
        measure=memory_for(4 * GIBIBYTE, 4 * MEBIBYTE, 16 * MEBIBYTE)),
    Row(name="resume", what="bytes sent again after kill -9 in the middle of 1 GiB",
        bar="≤ one chunk (16 MiB)", measure=sent_again_for(GIBIBYTE)),
    Row(name="reads", what="reads of the downloaded file (hashed on the way)", bar="once",
        measure=reads_for(50_000_000)),
    Row(name="frames", what="from commit to frame, 1,000 clients; the web's peak memory",
        bar="≤ 100 ms p95, ≤ 200 MiB",
        measure=frames_for(1_000, 100, 100, 200 * MEBIBYTE)),
    Row(name="accept-18", what="10,000 uploads accepted over /ws in slices of 18", bar="≤ 20 s",
        measure=accepting(10_000, 18, 20)),
    Row(name="accept-500", what="10,000 uploads accepted over /ws in slices of 500", bar="≤ 5 s",
        measure=accepting(10_000, 500, 5)),
    Row(name="lists", what="lists and statistics at 1,000,000 uploads", bar="≤ 50 ms p95",
        measure=lists_at(Size())),
    Row(name="categories-load", what="wanted categories, loading 2,000,000 rows",
        bar="≤ 30 s, ≤ 300 MiB"),
    Row(name="categories-page", what="a page of wanted categories", bar="≤ 20 / ≤ 150 ms p95"),
    Row(name="simulated", what="lost or published twice in 1,000 seeded runs", bar="0",
        measure=seeded(1_000)),
    Row(name="claims", what="claims, 4 dispatchers on MariaDB", bar="≥ 3,000/s",
        measure=claims_at_once),
    Row(name="tick", what="a dispatcher's tick with nothing due, 1,000,000 uploads", bar="≤ 5 ms",
        measure=idle_tick),
    Row(name="worker-memory", what="worker's memory, 2 uploads in flight", bar="≤ 150 MiB",
        measure=memory_with_two(64 * MEBIBYTE, 150 * MEBIBYTE)),
    Row(name="web-start", what="start of the web to its first answer", bar="≤ 2 s",
        measure=web_start(2)),
)  # fmt: skip


def main() -> int:
    """The exit code: 0 where every measured number is reached, else 1."""
    asked = _asked()
    # Whoever ends us ends all that a row has started.
    with ending_in_order():
        return _measure(asked)


def _measure(asked: argparse.Namespace) -> int:
    how = How(
        runs=asked.runs,
        folder=asked.folder,
        tell=_tell,
        uploads=asked.uploads,
        outage=asked.outage,
    )
    lines: list[tuple[str, str, str, str]] = []
    missed = False
    for row in ROWS:
        if asked.rows and row.name not in asked.rows:
            continue
        figure, verdict = _line(row, how)
        missed = missed or verdict in ("MISSED", "SPOILT")
        lines.append((row.what, figure, row.bar, verdict))
    _print(lines)
    return 1 if missed else 0


def _line(row: Row, how: How) -> tuple[str, str]:
    if row.measure is None:
        return "not yet measured", ""
    began = time.monotonic()
    _tell(f"{row.name} …")
    try:
        measured = row.measure(how)
    except Spoilt as spoilt:
        _tell(f"{row.name}: {spoilt}")
        return "no result", "SPOILT"
    _tell(f"{row.name}: {measured.figure}, measured in {time.monotonic() - began:.0f} s")
    return measured.figure, "reached" if measured.is_reached else "MISSED"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    names = [row.name for row in ROWS if row.measure]
    parser.add_argument("rows", nargs="*", help=f"all, or some of: {', '.join(names)}")
    parser.add_argument("--runs", type=int, default=5, help="of rows that compare (5)")
    parser.add_argument("--folder", type=Path, help="for temporary files, 10 GB of them")
    parser.add_argument("--uploads", type=int, help="another number of uploads, to try a row out")
    parser.add_argument("--outage", type=int, help="seconds that the wiki is away")
    asked = parser.parse_args()
    unknown = set(asked.rows) - set(names)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    return asked


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def _print(lines: list[tuple[str, str, str, str]]) -> None:
    table = [("what", "figure", "bar", "verdict"), *lines]
    widths = [max(len(line[column]) for line in table) for column in range(4)]
    for line in table:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


if __name__ == "__main__":
    sys.exit(main())
