"""Runs chaos and says what it proved: `python -m tests.chaos`."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from curator_cli.ending import ending_in_order, undisturbed
from tests.chaos.configuration import Size
from tests.chaos.house import House, standing_house
from tests.chaos.photographs import photographs
from tests.chaos.report import tell_verdict
from tests.chaos.run import Asked, Outcome, run
from tests.chaos.servers import Unready

_FEED_PER_SECOND = 15
"""Photographs kept for the time after all uploads that were asked for are done."""


def main() -> int:
    """The exit code: 0 where every promise was kept, 1 where one was broken, 2 where nothing
    could be tried, 130 after Ctrl-C."""
    asked = _asked()
    folder = Path(tempfile.mkdtemp(prefix="curator-chaos-", dir=asked.folder))
    _tell(f"seed {asked.run.seed}, everything is written to {folder}")
    spoilt = True
    try:
        with ending_in_order():
            outcome, house = _outcome(folder, asked.run, asked.size)
        spoilt = not tell_verdict(outcome, house)
    except Unready as unready:
        _tell(f"Nothing was tried: {unready}")
        return 2
    except KeyboardInterrupt:
        _tell("Broken off.")
        spoilt = False
        return 130
    finally:
        if spoilt or asked.keep:
            _tell(f"Logs and data are kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if spoilt else 0


def _outcome(folder: Path, asked: Asked, size: Size) -> tuple[Outcome, House]:
    with standing_house(folder, size) as house:
        try:
            return run(house, asked, photographs(size.photographs), _tell), house
        finally:
            undisturbed()


class _Given(argparse.Namespace):
    run: Asked
    size: Size
    folder: Path | None
    keep: bool


def _asked() -> _Given:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="of chaos (5)")
    parser.add_argument("--uploads", type=int, default=2000, help="at least (2000)")
    parser.add_argument("--seed", type=int, help="what strikes when (by chance)")
    parser.add_argument("--database", choices=("mariadb", "sqlite"), default="mariadb")
    parser.add_argument("--workers", type=int, help="(3; with SQLite 1)")
    parser.add_argument("--webs", type=int, default=2, help="(2)")
    parser.add_argument("--users", type=int, default=8, help="(8)")
    parser.add_argument("--settle", type=float, default=10, help="minutes to end in (10)")
    parser.add_argument("--minds", action="store_true", help="users cancel and retry as well")
    parser.add_argument("--calm", action="store_true", help="nothing strikes: is all well then?")
    parser.add_argument("--folder", type=Path, help="for data and logs")
    parser.add_argument("--keep", action="store_true", help="data and logs of a good run too")
    given = parser.parse_args(namespace=_Given())
    minutes, uploads = given.minutes, given.uploads
    workers = given.workers or (1 if given.database == "sqlite" else 3)
    given.run = Asked(
        seconds=60 * minutes,
        uploads=uploads,
        seed=secrets.randbelow(100_000) if given.seed is None else given.seed,
        settle=60 * given.settle,
        minds=given.minds,
        calm=given.calm,
    )
    given.size = Size(
        database=given.database,
        workers=workers,
        webs=given.webs,
        users=given.users,
        photographs=uploads + int(60 * minutes * _FEED_PER_SECOND),
    )
    return given


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
