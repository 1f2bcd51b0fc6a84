"""The timer beside the work."""

from __future__ import annotations

import threading
from datetime import timedelta

from structlog.testing import capture_logs

from curator_worker.dispatcher import Dispatcher

SOON = timedelta(milliseconds=1)


def test_it_dispatches_again_and_again() -> None:
    rounds = threading.Semaphore(0)
    dispatcher = Dispatcher(rounds.release, SOON, threading.Event())
    dispatcher.start()
    try:
        assert all(rounds.acquire(timeout=10) for _ in range(3))
    finally:
        dispatcher.stop()


def test_rounds_that_stumble_are_logged_once_and_the_next_one_comes() -> None:
    rounds = threading.Semaphore(0)

    def stumble() -> None:
        rounds.release()
        raise OSError("no route")

    dispatcher = Dispatcher(stumble, SOON, threading.Event())
    with capture_logs() as logged:
        dispatcher.start()
        try:
            assert all(rounds.acquire(timeout=10) for _ in range(3))
        finally:
            dispatcher.stop()

    assert [entry["event"] for entry in logged] == ["the dispatcher stumbled"]


def test_it_ends_at_once_in_the_middle_of_its_wait() -> None:
    begun = threading.Event()
    dispatcher = Dispatcher(begun.set, timedelta(hours=1), threading.Event())
    dispatcher.start()
    assert begun.wait(10)

    dispatcher.stop()

    assert "dispatcher" not in {thread.name for thread in threading.enumerate()}


def test_no_round_is_under_way_while_it_pauses() -> None:
    begun, go_on, rounds = threading.Event(), threading.Event(), []

    def dispatch() -> None:
        begun.set()
        assert go_on.wait(10)
        rounds.append(1)

    dispatcher = Dispatcher(dispatch, SOON, threading.Event())
    dispatcher.start()
    assert begun.wait(10)
    threading.Timer(0.05, go_on.set).start()

    dispatcher.pause()

    paused_after = len(rounds)
    assert paused_after >= 1, "the round that was under way is finished"
    begun.clear()
    assert not begun.wait(0.05)
    dispatcher.resume()
    assert begun.wait(10)
    dispatcher.stop()
