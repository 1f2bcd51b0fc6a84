"""A sandbox with as many small photographs as a measurement wants."""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from contextlib import suppress
from pathlib import Path

from curator_cli.ending import ending_in_order
from curator_cli.sandbox.mapillary.sequences import Photograph, Sequence, sequence_id
from curator_cli.sandbox.photographs.padding import PaddedJpeg
from curator_cli.sandbox.serve import serve
from curator_cli.sandbox.settings import SandboxSettings

_NAME = "many"
SEQUENCE_ID = sequence_id(_NAME)

_FIRST_CAPTURE_MS = 1_716_800_403_000  # 2024-05-27T09:00:03Z
_BYTES = 8_000


def photographs(count: int) -> tuple[Photograph, ...]:
    """`count` photographs of some 8 kB, no two with the same bytes, the same in every process."""
    return tuple(_photograph(number) for number in range(count))


def _photograph(number: int) -> Photograph:
    digest = hashlib.sha256(f"{_NAME}/{number}".encode()).digest()
    identity = str(10**15 + int.from_bytes(digest[:6], "big"))
    return Photograph(
        id=identity,
        file=PaddedJpeg(seed=identity, base="tiny.jpg", size=_BYTES + number % 1_000),
        captured_at=_FIRST_CAPTURE_MS + number * 7_000,
        geometry=(round(13.3762 + number * 0.000142, 9), 52.5193),
        creator="sandbox_walker",
        compass_angle=84.5,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--photographs", type=int, required=True)
    asked = parser.parse_args()
    many = Sequence(name=_NAME, about="Many small ones", photographs=photographs(asked.photographs))
    with (
        ending_in_order(),
        suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix="curator-sandbox-") as folder,
    ):
        settings = SandboxSettings(data_dir=Path(folder), sequences=(many,))
        serve("127.0.0.1", asked.port, settings)


if __name__ == "__main__":
    main()
