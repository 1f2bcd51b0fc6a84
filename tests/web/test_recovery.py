"""What the web's start does where Redis lost everything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from curator_core.domain.ids import UploadId
from curator_core.domain.retry import LOGINS_ARE_YOUNG_FOR
from curator_core.domain.upload import UploadStatus
from curator_web.recovery import Recovery
from tests.builders import an_item
from tests.web.house import CONFIG, QUICK, WebHouse, until

SOON = replace(CONFIG, rhythm=QUICK, recover_every=0.01)
RECOVERED = "queue recovered, since Redis had lost it"
UNCHECKED = "waiting uploads could not be checked"


@pytest.fixture
def house() -> WebHouse:
    """Redis has just lost everything; Ada and Grace have uploads that wait since yesterday."""
    house = WebHouse(SOON)
    house.recovery_mark.forget()
    for user in (house.ada, house.grace):
        house.add(house.a_batch(user), an_item(user.username), user=user)
    house.clock.advance(LOGINS_ARE_YOUNG_FOR + timedelta(days=1))
    house.wiki.requests.clear()
    return house


@contextmanager
def started(house: WebHouse) -> Iterator[list[Any]]:
    """A web process, and what it logs."""
    with capture_logs() as logs, TestClient(house.web):
        yield logs


def events(logs: list[Any]) -> list[str]:
    return [entry["event"] for entry in logs]


def status(house: WebHouse, upload_id: int) -> UploadStatus:
    return house.upload(UploadId(upload_id)).status


def test_each_group_is_checked_and_told(house: WebHouse) -> None:
    with started(house) as logs:
        until(lambda: len([each for each in logs if "session" in each]) == 2)
    assert RECOVERED in events(logs)
    told = [entry for entry in logs if "session" in entry]
    assert [(each["log_level"], each["count"], each["session"]) for each in told] == [
        ("info", 1, "valid")
    ] * 2
    assert house.asked() == ["identify", "identify"]
    assert house.queue.wakes >= 1
    assert status(house, 1) is UploadStatus.QUEUED


def test_a_group_whose_session_ended_fails_and_the_other_waits(house: WebHouse) -> None:
    house.wiki.revoke(house.wiki.accounts["Ada"])
    with started(house):
        until(lambda: status(house, 1) is UploadStatus.FAILED)
        until(lambda: len(house.asked()) == 2)
    failure = house.upload(UploadId(1)).failure
    assert failure is not None
    assert failure.message == "Your session has expired. Please log in and retry."
    assert status(house, 2) is UploadStatus.QUEUED


def test_groups_that_could_not_be_checked_stay_queued_and_the_operator_is_told(
    house: WebHouse,
) -> None:
    house.wiki.down = True
    with started(house) as logs:
        until(lambda: events(logs).count(UNCHECKED) == 2)
    assert all(each["log_level"] == "warning" for each in logs if each["event"] == UNCHECKED)
    assert [status(house, each) for each in (1, 2)] == [UploadStatus.QUEUED] * 2


def test_what_redis_remembers_is_not_recovered(house: WebHouse) -> None:
    house.recovery_mark.keep()
    with started(house) as logs, house.visitor() as visitor:
        until(lambda: visitor.get("/readyz").status_code == 200)
    assert RECOVERED not in events(logs)
    assert house.asked() == []


def test_a_redis_that_is_away_is_asked_again_until_it_answers(house: WebHouse) -> None:
    house.recovery_mark.down = True
    tries = 0
    take = house.recovery_mark.take

    def counted(at_most: timedelta) -> bool:
        nonlocal tries
        tries += 1
        return take(at_most)

    house.recovery_mark.take = counted  # type: ignore[method-assign]
    with started(house) as logs:
        until(lambda: tries >= 3)
        assert events(logs).count("queue not recovered") == 1
        house.recovery_mark.down = False
        until(lambda: RECOVERED in events(logs))
    assert not house.recovery_mark.take(timedelta(1))


def test_what_goes_wrong_in_a_recovery_leaves_the_web_serving(house: WebHouse) -> None:
    def stumble(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    house.vault.open = stumble  # type: ignore[method-assign, assignment]
    with started(house) as logs, house.visitor() as visitor:
        until(lambda: "queue not recovered" in events(logs))
        assert visitor.get("/healthz").status_code == 200
    # Whoever asks next recovers.
    assert house.recovery_mark.take(timedelta(1))


def test_the_first_answer_does_not_wait_for_it_nor_does_the_end(house: WebHouse) -> None:
    asked, goes_on = threading.Event(), threading.Event()
    identify = house.login.identify

    def slow(token: Any) -> Any:
        asked.set()
        assert goes_on.wait(10), "nobody let it go on"
        return identify(token)

    house.login.identify = slow  # type: ignore[method-assign]
    try:
        with started(house), house.visitor() as visitor:
            assert asked.wait(10)
            assert visitor.get("/healthz").status_code == 200
            assert visitor.get("/").status_code == 200
    finally:
        goes_on.set()


def test_two_that_start_at_once_recover_once(house: WebHouse) -> None:
    async def both() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(Recovery(house.app.recover_queue, 0.01).run)

    with capture_logs() as logs:
        anyio.run(both)
    assert events(logs).count(RECOVERED) == 1
    assert house.asked() == ["identify", "identify"]
