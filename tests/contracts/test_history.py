"""What every `History` promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from curator_core.domain.history import MAX_WORDS, Event, EventKind
from curator_core.domain.ids import UploadId
from curator_core.ports.history import MAX_EVENTS
from tests.contracts.database_bench import DatabaseBench

FIRST, SECOND = UploadId(1), UploadId(2)
NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)


def an_event(what: str = "Something happened.", kind: EventKind = EventKind.STEP) -> Event:
    return Event(at=NOW, kind=kind, what=what)


def note(database: DatabaseBench, upload_id: UploadId, *events: Event) -> None:
    with database.begin() as work:
        work.history.note({upload_id: events})


def of(database: DatabaseBench, upload_id: UploadId) -> tuple[Event, ...]:
    with database.begin() as work:
        return work.history.of(upload_id)


def test_events_are_told_as_they_were_noted(database: DatabaseBench) -> None:
    wait = Event(
        at=NOW + timedelta(microseconds=1),
        kind=EventKind.WAIT,
        what="Waits: the wiki is read-only 🌉.",
        step="publish",
        code="readonly",
        until=NOW + timedelta(hours=1),
    )
    note(database, FIRST, an_event(), wait)
    note(database, SECOND, an_event("Another."))
    note(database, FIRST, an_event("The last."))
    note(database, FIRST)
    assert of(database, FIRST) == (an_event(), wait, an_event("The last."))
    assert of(database, SECOND) == (an_event("Another."),)
    assert of(database, UploadId(3)) == ()


def test_what_is_rolled_back_did_not_happen(database: DatabaseBench) -> None:
    try:
        with database.begin() as work:
            work.history.note({FIRST: [an_event()]})
            raise LookupError
    except LookupError:
        pass
    assert of(database, FIRST) == ()


def test_only_the_latest_are_kept(database: DatabaseBench) -> None:
    events = [an_event(f"Number {number}.") for number in range(MAX_EVENTS + 10)]
    note(database, FIRST, *events)
    assert of(database, FIRST) == tuple(events[10:])
    last = an_event("Waits: its turn.", EventKind.WAIT)
    note(database, FIRST, last)
    assert of(database, FIRST) == (*events[11:], last)
    with database.begin() as work:
        # Nothing else of it is left.
        assert work.history.trim(timedelta(0), 10_000) == MAX_EVENTS


def test_old_events_are_dropped_a_few_at_a_time(database: DatabaseBench) -> None:
    with database.begin() as work:
        now = work.uploads.now()
    old = Event(at=now - timedelta(days=3), kind=EventKind.STEP, what="Old.")
    new = Event(at=now, kind=EventKind.STEP, what="New.")
    note(database, FIRST, old, old, new)
    note(database, SECOND, old)
    with database.begin() as work:
        dropped = [work.history.trim(timedelta(days=2), 2) for _ in range(3)]
    assert dropped == [2, 1, 0]
    assert (of(database, FIRST), of(database, SECOND)) == ((new,), ())


def test_events_of_many_uploads_are_noted_at_once(database: DatabaseBench) -> None:
    with database.begin() as work:
        work.history.note({FIRST: [an_event("One."), an_event("Two.")], SECOND: [an_event()]})
        work.history.note({})
    assert of(database, FIRST) == (an_event("One."), an_event("Two."))
    assert of(database, SECOND) == (an_event(),)


def test_words_that_are_no_text_are_kept_as_far_as_they_are(database: DatabaseBench) -> None:
    note(database, FIRST, an_event("Half a bridge: \ud83c."))
    assert of(database, FIRST) == (an_event("Half a bridge: ?."),)


def test_long_words_are_cut() -> None:
    event = an_event("x" * 1000)
    assert len(event.what) == MAX_WORDS
    assert event.what.endswith("…")
