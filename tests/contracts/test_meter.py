"""What every `Meter` promises."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from curator_adapters.redis.meter import RedisMeter
from curator_core.domain.errors import ServiceDown
from curator_core.ports.meter import Counted, Figure, Meter
from tests.contracts.redis_server import reached, unreachable
from tests.fakes.meter import FakeMeter


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A meter in one process and another; `told` once what they counted has arrived."""

    meter: Meter
    elsewhere: Meter
    told: Callable[[], None]
    unreachable: Meter


@pytest.fixture(params=["fake", "redis"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "fake":
        meter, down = FakeMeter(), FakeMeter()
        down.down = True
        return Bench(meter=meter, elsewhere=meter, told=lambda: None, unreachable=down)
    connection = reached(request.getfixturevalue("redis_address"))
    # They tell only when asked to.
    here, there = RedisMeter(connection, every=3600), RedisMeter(connection, every=3600)

    def told() -> None:
        here.tell()
        there.tell()

    return Bench(
        meter=here,
        elsewhere=there,
        told=told,
        unreachable=RedisMeter(unreachable(), every=3600),
    )


def sums(found: tuple[Counted, ...]) -> dict[tuple[Figure, tuple[tuple[str, str], ...]], int]:
    return {(each.figure, tuple(sorted(each.labels.items()))): each.count for each in found}


def test_nothing_was_counted_at_first(bench: Bench) -> None:
    bench.told()
    assert bench.meter.counted() == ()


def test_what_processes_count_is_summed_up(bench: Bench) -> None:
    bench.meter.count(Figure.RESCUED)
    bench.told()
    bench.meter.count(Figure.RESCUED, by=3)
    bench.elsewhere.count(Figure.RESCUED, by=10)
    bench.told()
    bench.told()
    expected = (Counted(figure=Figure.RESCUED, count=14),)
    assert bench.meter.counted() == bench.elsewhere.counted() == expected


def test_figures_and_labels_are_told_apart(bench: Bench) -> None:
    ways: list[tuple[Figure, Mapping[str, str]]] = [
        (Figure.ENDED, {"outcome": "failed", "error": "poison"}),
        (Figure.ENDED, {"outcome": "failed", "error": ""}),
        (Figure.ENDED, {"outcome": "completed", "error": ""}),
        (Figure.WIKI_REQUESTS, {"action": 'a "query": [ä]\n', "result": "ok"}),
        (Figure.RESCUED, {}),
    ]
    for times, (figure, labels) in enumerate(ways, start=1):
        bench.meter.count(figure, labels, times)
    bench.told()
    assert sums(bench.meter.counted()) == {
        (figure, tuple(sorted(labels.items()))): times
        for times, (figure, labels) in enumerate(ways, start=1)
    }


def test_labels_have_no_order(bench: Bench) -> None:
    bench.meter.count(Figure.ENDED, {"outcome": "failed", "error": "poison"})
    bench.elsewhere.count(Figure.ENDED, {"error": "poison", "outcome": "failed"})
    bench.told()
    (only,) = bench.meter.counted()
    assert only.count == 2


def test_counting_never_raises_and_asking_does_while_nothing_can_be_reached(bench: Bench) -> None:
    bench.unreachable.count(Figure.RESCUED, by=2)
    with pytest.raises(ServiceDown):
        bench.unreachable.counted()


def test_nothing_is_lost_where_many_count_at_once(bench: Bench) -> None:
    def count() -> None:
        for _ in range(200):
            bench.meter.count(Figure.RESCUED)
            bench.elsewhere.count(Figure.RESCUED)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for each in threads:
        each.start()
    # While they count.
    bench.told()
    for each in threads:
        each.join()
    bench.told()
    assert sums(bench.meter.counted()) == {(Figure.RESCUED, ()): 8 * 2 * 200}
