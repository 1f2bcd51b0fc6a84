"""How each number is measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from curator_cli.demo.processes import Child
from tests.benchmarks.house import (
    MeasuredHouse,
    Spoilt,
    measured_house,
    photograph_of,
    photographs_of,
    title_of,
)

MEBIBYTE = 1024 * 1024
CHUNK = 16 * MEBIBYTE

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """`runs` for rows that compare; `folder` holds temporary files; `tell` says what goes on;
    `uploads` and `outage` (in seconds) where another size than the number's own is wanted."""

    runs: int
    folder: Path | None
    tell: Tell
    uploads: int | None = None
    outage: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One line of the table."""

    figure: str
    is_reached: bool


def requests_for(size: int, bar: int) -> Callable[[How], Measured]:
    """How many requests a file costs once session and limits are read."""

    def measure(how: How) -> Measured:
        with measured_house(how.folder) as house:
            house.start_worker()
            house.upload(photograph_of(4 * MEBIBYTE))
            house.forget_figures()
            house.upload(photograph_of(size))
            figures = house.figures()
        how.tell(f"{size:,} bytes: {figures['actions']}")
        return Measured(figure=str(figures["total"]), is_reached=figures["total"] <= bar)

    return measure


def memory_for(large: int, small: int, bar: int) -> Callable[[How], Measured]:
    """How much more memory a worker takes at its peak for the large file."""

    def measure(how: How) -> Measured:
        peaks: dict[int, list[float]] = {small: [], large: []}
        for run in range(how.runs):
            for size, found in peaks.items():
                began = time.monotonic()
                found.append(_peak(how, size) / MEBIBYTE)
                took = time.monotonic() - began
                how.tell(f"run {run + 1}: {size:,} bytes: {found[-1]:.1f} MiB, {took:.0f} s")
        low, high = median(peaks[small]), median(peaks[large])
        return Measured(
            figure=f"{high - low:+.1f} MiB ({low:.1f} → {high:.1f})",
            is_reached=(high - low) * MEBIBYTE <= bar,
        )

    return measure


def _peak(how: How, size: int) -> int:
    with measured_house(how.folder) as house:
        house.start_worker()
        house.upload(photograph_of(size))
        return told_by_the_kernel(house.worker, "status", "VmHWM") * 1024


def memory_with_two(size: int, bar: int) -> Callable[[How], Measured]:
    """A worker's peak memory while it carries out two uploads of `size` bytes side by side."""

    def measure(how: How) -> Measured:
        peaks = []
        for run in range(how.runs):
            with measured_house(how.folder) as house:
                peaks.append(_peak_with_two(house, size) / MEBIBYTE)
            how.tell(f"run {run + 1}: {peaks[-1]:.1f} MiB")
        return Measured(
            figure=f"{median(peaks):.1f} MiB (at most {max(peaks):.1f})",
            is_reached=max(peaks) * MEBIBYTE <= bar,
        )

    return measure


def _peak_with_two(house: MeasuredHouse, size: int) -> int:
    photographs = photographs_of(size)[:2]
    house.start_worker()
    batches = [house.accept(each) for each in photographs]
    titles = [f"File:{title_of(each)}" for each in photographs]
    sent = [0, 0]
    while min(sent) == 0:
        if max(sent) == size:
            raise Spoilt("one upload was over before the other one began to be sent")
        if not house.worker.is_alive():
            raise Spoilt(house.worker.last_words())
        figures = house.figures()["bytes"]
        sent = [figures.get(title, 0) for title in titles]
        time.sleep(0.01)
    for batch in batches:
        house.finish(batch)
    return told_by_the_kernel(house.worker, "status", "VmHWM") * 1024


def sent_again_for(size: int) -> Callable[[How], Measured]:
    """How many bytes reach the wiki twice when the worker is killed half-way."""

    def measure(how: How) -> Measured:
        found = []
        for run in range(how.runs):
            with measured_house(how.folder) as house:
                # Another moment of a chunk each time.
                found.append(_sent_again(house, size, size // 2 + run * 3 * MEBIBYTE))
            how.tell(f"run {run + 1}: {found[-1]:,} bytes sent again")
        worst = max(found)
        return Measured(
            figure=f"at most {worst / MEBIBYTE:.1f} MiB, median {median(found) / MEBIBYTE:.1f}",
            is_reached=worst <= CHUNK,
        )

    return measure


def _sent_again(house: MeasuredHouse, size: int, kill_at: int) -> int:
    photograph = photograph_of(size)
    house.start_worker()
    batch = house.accept(photograph)
    while house.figures()["body_bytes"] < kill_at:
        if not house.worker.is_alive():
            raise Spoilt(house.worker.last_words())
        time.sleep(0.01)
    house.worker.kill()
    house.start_worker()
    house.finish(batch)
    (file,) = house.on_the_wiki()
    if (file["sha1"], len(file["revisions"])) != (photograph.file.sha1, 1):
        raise Spoilt(f"the wiki holds {file}")
    figures = house.figures()
    if figures["actions"]["upload:publish"] != 1:
        raise Spoilt(f"the wiki was asked {figures['actions']}")
    sent: int = figures["body_bytes"] - figures["form_bytes"]
    return sent - size


def reads_for(size: int) -> Callable[[How], Measured]:
    """How often the file is read from disk: once, to be sent."""

    def measure(how: How) -> Measured:
        with measured_house(how.folder) as house:
            house.start_worker()
            house.upload(photograph_of(4 * MEBIBYTE))
            # Bytes read from files; what comes by the network is not among them.
            before = told_by_the_kernel(house.worker, "io", "rchar")
            house.upload(photograph_of(size))
            read = told_by_the_kernel(house.worker, "io", "rchar") - before
        how.tell(f"{read:,} bytes read for {size:,}")
        return Measured(figure=f"{read / size:.3f} × its size", is_reached=read / size <= 1.1)

    return measure


def told_by_the_kernel(child: Child, file: str, name: str) -> int:
    """What `/proc` says of a process under this name."""
    for line in Path(f"/proc/{child.pid}/{file}").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise Spoilt(f"the kernel tells no {name}")
