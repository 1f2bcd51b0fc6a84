"""What every `Progress` promises."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from curator_adapters.redis.progress import RedisProgress
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, ImageId, UploadId
from curator_core.domain.outcome import Failure, FailureType, FileLink
from curator_core.domain.upload import UploadStatus
from curator_core.ports.progress import BatchTouched, Changes, Progress
from curator_core.ports.reports import UploadState
from tests.contracts.redis_server import reached, unreachable
from tests.fakes.clock import FakeClock
from tests.fakes.progress import FakeProgress

SOON = timedelta(seconds=10)
NOW = timedelta(0)

QUEUED = UploadState(
    id=UploadId(1),
    batch_id=BatchId(7),
    status=UploadStatus.QUEUED,
    image_id=ImageId("1234567890"),
    handler="mapillary",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Progress in one process and another, a way to cut the listeners off, and no way at all."""

    progress: Progress
    elsewhere: Progress
    interrupt: Callable[[], None]
    unreachable: Progress


@pytest.fixture(params=["fake", "redis"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "fake":
        clock = FakeClock()
        progress, down = FakeProgress(clock), FakeProgress(clock)
        down.down = True
        return Bench(
            progress=progress,
            elsewhere=progress,
            interrupt=progress.interrupt,
            unreachable=down,
        )
    address = request.getfixturevalue("redis_address")
    connection = reached(address)

    def interrupt() -> None:
        with address.client() as client:
            assert client.execute_command("CLIENT", "KILL", "TYPE", "PUBSUB") >= 1

    return Bench(
        progress=RedisProgress(connection),
        elsewhere=RedisProgress(connection),
        interrupt=interrupt,
        unreachable=RedisProgress(unreachable()),
    )


def _next(changes: Changes, count: int) -> list[UploadState | BatchTouched | None]:
    return [changes.next(SOON) for _ in range(count)]


def _of_many(count: int) -> list[UploadState]:
    return [replace(QUEUED, id=UploadId(number)) for number in range(1, count + 1)]


def test_a_listener_hears_what_is_announced_elsewhere(bench: Bench) -> None:
    with bench.progress.listen() as changes:
        bench.elsewhere.announce([QUEUED])

        assert changes.next(SOON) == QUEUED


def test_changes_arrive_in_the_order_they_were_announced(bench: Bench) -> None:
    announced = _of_many(300)

    with bench.progress.listen() as changes:
        bench.elsewhere.announce(announced[:100])
        bench.elsewhere.announce(announced[100:101])
        bench.elsewhere.announce(announced[101:])

        assert _next(changes, 300) == announced


def test_every_listener_hears_every_batch(bench: Bench) -> None:
    both = [QUEUED, replace(QUEUED, batch_id=BatchId(8))]

    with bench.progress.listen() as one, bench.elsewhere.listen() as other:
        bench.progress.announce(both)

        assert _next(one, 2) == both
        assert _next(other, 2) == both


@pytest.mark.parametrize("status", UploadStatus)
def test_a_change_arrives_whole(bench: Bench, status: UploadStatus) -> None:
    whole = replace(
        QUEUED,
        status=status,
        failure=Failure(
            type=FailureType.DUPLICATE,
            message="Already there: „Straße\u2028“ \ud83d",
            links=(FileLink(title="Straße.jpg", url="https://example.org/Stra%C3%9Fe.jpg"),),
            code="no_change",
            raw_code="fileexists-no-change",
            hint="Nothing to do.",
            retryable=True,
        ),
        success="https://example.org/wiki/File:Straße.jpg",
    )

    with bench.progress.listen() as changes:
        bench.elsewhere.announce([whole])

        assert changes.next(SOON) == whole


def test_nothing_is_kept_for_who_does_not_listen(bench: Bench) -> None:
    bench.progress.announce([QUEUED])

    with bench.progress.listen() as changes:
        assert changes.next(NOW) is None


def test_the_subscription_is_in_force_when_the_block_is_entered(bench: Bench) -> None:
    for number in range(50):
        with bench.progress.listen() as changes:
            bench.elsewhere.announce([replace(QUEUED, id=UploadId(number))])
            heard = changes.next(SOON)
            assert isinstance(heard, UploadState)
            assert heard.id == number


def test_where_nothing_changes_the_answer_is_none_in_time(bench: Bench) -> None:
    with bench.progress.listen() as changes:
        before = time.monotonic()

        assert changes.next(timedelta(milliseconds=30)) is None
        assert time.monotonic() - before < SOON.total_seconds()


def test_a_listener_hears_again_after_hearing_nothing(bench: Bench) -> None:
    with bench.progress.listen() as changes:
        assert changes.next(timedelta(milliseconds=1)) is None
        bench.elsewhere.announce([QUEUED])

        assert changes.next(SOON) == QUEUED


def test_an_interrupted_listener_is_told_and_stays_told(bench: Bench) -> None:
    with bench.progress.listen() as changes:
        bench.interrupt()

        for _ in range(5):
            with pytest.raises(ServiceDown, match="Redis"):
                changes.next(SOON)
            bench.elsewhere.announce([QUEUED])


def test_after_an_interruption_one_can_listen_again(bench: Bench) -> None:
    with bench.progress.listen():
        bench.interrupt()

    with bench.progress.listen() as changes:
        bench.elsewhere.announce([QUEUED])
        assert changes.next(SOON) == QUEUED


def test_announcing_nothing_announces_nothing(bench: Bench) -> None:
    with bench.progress.listen() as changes:
        bench.elsewhere.announce([])

        assert changes.next(timedelta(milliseconds=1)) is None


def test_announcing_never_fails_and_takes_no_3_s(bench: Bench) -> None:
    before = time.monotonic()

    bench.unreachable.announce([QUEUED])

    assert time.monotonic() - before < 3


def test_who_cannot_listen_is_told_within_3_s(bench: Bench) -> None:
    before = time.monotonic()

    with pytest.raises(ServiceDown, match="Redis"), bench.unreachable.listen():
        pytest.fail("there is nothing to listen to")

    assert time.monotonic() - before < 3


def test_a_batch_that_changed_is_announced_between_its_uploads(bench: Bench) -> None:
    with bench.progress.listen() as changes:
        bench.elsewhere.announce([QUEUED])
        bench.elsewhere.touch(BatchId(8))
        bench.elsewhere.announce([QUEUED])
        heard = [changes.next(SOON) for _ in range(3)]
    assert heard == [QUEUED, BatchTouched(BatchId(8)), QUEUED]


def test_a_batch_that_nobody_can_be_told_of_is_no_error(bench: Bench) -> None:
    bench.unreachable.touch(BatchId(8))
