"""How long a change takes from its commit to those who watch, and what the web needs for it."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from curator_cli.demo.processes import Child
from curator_core.application import Ports
from curator_core.domain.ids import BatchId, EditGroupId, ImageId, LeaseToken, UploadId, UserId
from curator_core.domain.upload import NewUpload, Upload, UploadStatus
from curator_core.domain.user import User
from curator_core.use_cases.states import state_of
from tests.benchmarks.house import Spoilt
from tests.benchmarks.rows import MEBIBYTE, How, Measured, told_by_the_kernel
from tests.benchmarks.service import (
    EXEMPT,
    EXEMPT_TOO,
    LIMITED,
    Service,
    measured_service,
)
from tests.benchmarks.watchers import ENOUGH, READY, Arrival, Watcher, watch

_UPLOADS_EACH = 100
_EVERY_SECONDS = 0.5
_WARM_UP_SECONDS, _MEASURED_SECONDS, _LAST_FRAMES_SECONDS = 5, 20, 2
_WORKERS = 4
_LATE_SECONDS = 0.5
_READY_SECONDS = 120
_LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A change; `at` is the moment before its commit was asked for, by the machine's clock."""

    batch: int
    upload_id: UploadId
    status: str
    at: float


@dataclass(frozen=True, slots=True)
class Due:
    """Which batch is to change, so many seconds after the beginning."""

    after: float
    batch: int


def frames_for(clients: int, batches: int, bar: int, memory: int) -> Callable[[How], Measured]:
    """Each batch changes twice a second, as workers change it; every client has a WebSocket of
    its own and watches one batch. `bar` in milliseconds, `memory` in bytes."""

    def measure(how: How) -> Measured:
        with measured_service(how.folder, 1) as service:
            service.start_web()
            web = service.house.children[-1]
            made = [_batch(service.house.ports, number) for number in range(batches)]
            with _watching(service, clients, [ids[0].batch_id for ids in made]) as arrivals:
                before, began = _cpu_seconds(web), time.monotonic()
                committed = _change(service.house.ports, made)
                spent = (_cpu_seconds(web) - before) / (time.monotonic() - began)
                delays = _delays(committed, arrivals(), clients, batches)
            peak = told_by_the_kernel(web, "status", "VmHWM") * 1024
        how.tell(f"the web took {spent:.0%} of a core for {len(delays):,} frames measured")
        middle, late, worst = (delays[int(len(delays) * part)] for part in (0.5, 0.95, 0.999999))
        return Measured(
            figure=f"{late:.0f} ms p95 (p50 {middle:.0f}, max {worst:.0f}); "
            f"{peak / MEBIBYTE:.0f} MiB",
            is_reached=late <= bar and peak <= memory,
        )

    return measure


def _batch(ports: Ports, number: int) -> tuple[Upload, ...]:
    """A batch of somebody who has no other one; all of it is due."""
    user = User(id=UserId(f"watched-{number}"), username=f"Watched {number}")
    with ports.begin() as work:
        work.users.remember(user)
        batch = work.batches.add(user.id, EditGroupId(f"{number:012x}"))
        wanted = [
            NewUpload(
                user_id=user.id,
                image_id=ImageId(f"{number}-{each}"),
                handler="mapillary",
                collection="watched",
                filename=f"Watched {number} {each}.jpg",
                wikitext="== {{int:filedesc}} ==",
            )
            for each in range(_UPLOADS_EACH)
        ]
        return work.uploads.add(batch.id, None, "", wanted, timedelta())


@contextmanager
def _watching(
    service: Service, clients: int, batch_ids: Sequence[BatchId]
) -> Iterator[Callable[[], list[Arrival]]]:
    """So many clients in a process of their own; gives what asks them for all that arrived."""
    accounts = (LIMITED, EXEMPT, EXEMPT_TOO)
    cookies = [service.contributor(account).cookies for account in accounts]
    watchers = [
        Watcher(cookies=cookies[each % len(cookies)], batch_id=batch_ids[each % len(batch_ids)])
        for each in range(clients)
    ]
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=watch, args=(service.web_url, watchers, theirs), daemon=True)
    process.start()
    theirs.close()

    def arrivals() -> list[Arrival]:
        time.sleep(_LAST_FRAMES_SECONDS)
        ours.send(ENOUGH)
        return _all(ours)

    try:
        if not ours.poll(_READY_SECONDS) or ours.recv() != READY:
            raise Spoilt("the clients did not get their lists")
        yield arrivals
        process.join(_READY_SECONDS)
    except EOFError:
        raise Spoilt("the clients ended") from None
    finally:
        process.terminate()


def _all(talk: Connection) -> list[Arrival]:
    found: list[Arrival] = []
    while some := talk.recv():
        found += some
    return found


def _change(ports: Ports, made: Sequence[Sequence[Upload]]) -> list[Committed]:
    """What was changed after the warm-up. Raises `Spoilt` where this machine could not keep up."""
    chance = random.Random(1)
    # Batches do not change in step.
    first = [chance.random() * _EVERY_SECONDS for _ in made]
    beats = int((_WARM_UP_SECONDS + _MEASURED_SECONDS) / _EVERY_SECONDS)
    began = time.monotonic() + _EVERY_SECONDS

    def work_through(number: int) -> list[Committed]:
        own = range(number, len(made), _WORKERS)
        ours = {each: _changes(ports, each, made[each]) for each in own}
        plan = [Due(first[each] + beat * _EVERY_SECONDS, each) for each in own
                for beat in range(beats)]  # fmt: skip
        done = []
        for due in sorted(plan, key=lambda due: due.after):
            wait = began + due.after - time.monotonic()
            if wait < -_LATE_SECONDS:
                raise Spoilt(f"changes came {-wait:.2f} s late: the machine cannot make them")
            time.sleep(max(wait, 0))
            change = next(ours[due.batch])
            if due.after >= _WARM_UP_SECONDS:
                done.append(change)
        return done

    with ThreadPoolExecutor(_WORKERS) as workers:
        return [each for done in workers.map(work_through, range(_WORKERS)) for each in done]


def _changes(ports: Ports, batch: int, uploads: Sequence[Upload]) -> Iterator[Committed]:
    """One upload after the other is claimed, then completed."""
    for upload in uploads:
        token = LeaseToken(os.urandom(16).hex())
        with ports.begin() as work:
            claimed = work.uploads.claim(upload.id, token, _LEASE, 2)
            at = time.monotonic()
        if claimed is None:
            raise Spoilt(f"upload {upload.id} could not be claimed")
        yield _announced(ports, batch, claimed, at)
        url = f"https://commons.example.org/wiki/File:{upload.image_id}.jpg"
        with ports.begin() as work:
            kept = work.uploads.keep(claimed.complete(url), token)
            at = time.monotonic()
        yield _announced(ports, batch, kept, at)


def _announced(ports: Ports, batch: int, upload: Upload, at: float) -> Committed:
    ports.progress.announce([state_of(upload)])
    return Committed(batch=batch, upload_id=upload.id, status=upload.status.value, at=at)


def _delays(
    committed: Sequence[Committed], arrivals: Sequence[Arrival], clients: int, batches: int
) -> list[float]:
    """Milliseconds for each change and each client that watches its batch, the shortest first;
    where changes of an upload are told together, the frame with the last one tells of all.
    Raises `Spoilt` where a client was not told of one."""
    came = {(each.watcher, each.upload_id, each.status): each.at for each in arrivals}
    last = UploadStatus.COMPLETED.value
    delays = []
    for change in committed:
        for watcher in range(change.batch, clients, batches):
            told = (came.get((watcher, change.upload_id, each)) for each in (change.status, last))
            at = next((each for each in told if each is not None), None)
            if at is None:
                raise Spoilt(f"client {watcher} was never told that {change} happened")
            delays.append((at - change.at) * 1000)
    return sorted(delays)


def _cpu_seconds(child: Child) -> float:
    told = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
