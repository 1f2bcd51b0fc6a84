"""How fast a connection is read."""

import threading
import time
from dataclasses import replace

from curator_web.config import Limits
from curator_web.websocket.allowance import Allowance
from tests.web.house import CONFIG, Client, WebHouse, connected, serving


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time


def waits(allowance: Allowance, count: int) -> list[float]:
    return [round(allowance.wait(), 6) for _ in range(count)]


def test_what_comes_at_once_is_read_at_once_and_then_at_the_pace() -> None:
    clock = Clock()
    allowance = Allowance(each_second=10, at_once=3, now=clock.now)
    assert waits(allowance, 6) == [0, 0, 0, 0.1, 0.2, 0.3]


def test_who_keeps_the_pace_never_waits() -> None:
    clock = Clock()
    allowance = Allowance(each_second=10, at_once=3, now=clock.now)
    for _ in range(1000):
        assert waits(allowance, 1) == [0]
        clock.time += 0.1


def test_a_rest_gives_no_more_than_one_burst() -> None:
    clock = Clock()
    allowance = Allowance(each_second=10, at_once=3, now=clock.now)
    waits(allowance, 3)
    clock.time += 3600
    assert waits(allowance, 4) == [0, 0, 0, 0.1]


def _send_nonsense(client: Client, count: int) -> None:
    for _ in range(count):
        client.socket.send("{")


def flood(house: WebHouse, count: int) -> float:
    """Sends so many messages that are none, and takes an answer to each; seconds."""
    with serving(house.web) as (port, _), connected(house, port) as client:
        began = time.monotonic()
        sender = threading.Thread(target=_send_nonsense, args=(client, count))
        sender.start()
        for _ in range(count):
            assert "not JSON" in client.expect("ERROR")
        took = time.monotonic() - began
        sender.join()
        # Nothing was said twice, and the connection lives.
        client.send("CREATE_BATCH")
        client.expect("BATCH_CREATED")
    return took


def test_a_flood_is_slowed_down_and_every_message_of_it_answered() -> None:
    limits = Limits(messages=1000, messages_at_once=100)
    took = flood(WebHouse(replace(CONFIG, limits=limits)), 1100)
    unlimited = Limits(messages=10**9, messages_at_once=10**9)
    freely = flood(WebHouse(replace(CONFIG, limits=unlimited)), 1100)
    assert took >= 1.0
    assert freely < took


def test_one_visitors_flood_does_not_slow_another_down() -> None:
    limits = Limits(messages=50, messages_at_once=1)
    house = WebHouse(replace(CONFIG, limits=limits))
    with (
        serving(house.web) as (port, _),
        connected(house, port) as loud,
        connected(house, port, "Grace") as quiet,
    ):
        for _ in range(200):
            loud.socket.send("{")
        quiet.send("CREATE_BATCH")
        quiet.expect("BATCH_CREATED")
        for _ in range(3):
            loud.expect("ERROR")
