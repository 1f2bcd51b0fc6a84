"""The story of an upload, as whoever asks is told it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from curator_core.application import Ports
from curator_core.domain.catalogue import SESSION_EXPIRED
from curator_core.domain.errors import ServiceDown
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.history import EventKind
from curator_core.domain.ids import Sha1, UploadId
from curator_core.domain.user import Actor
from curator_core.ports.work import Work
from curator_core.use_cases.show_history import Told
from curator_worker.tasks import Tasks
from tests.builders import House, a_house
from tests.fakes.sources import a_media_image

TROUBLE = Fault(kind=FaultKind.SOURCE_TROUBLE, code="http-503", info="Try again.")


def told(house: House, upload_id: UploadId) -> tuple[Told, ...]:
    found = house.app.show_history(upload_id)
    assert found is not None
    return found


def story(house: House, upload_id: UploadId) -> list[tuple[int, EventKind, str]]:
    return [(each.attempt, each.event.kind, each.event.what) for each in told(house, upload_id)]


def test_an_upload_that_goes_well_is_a_short_story() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload(size=3000)
    house.work_to_the_end()
    assert story(house, upload_id) == [
        (0, EventKind.ACCEPTED, "Accepted."),
        (1, EventKind.ATTEMPT, "A worker took it on."),
        (1, EventKind.STEP, "Downloaded 3000 bytes from the source."),
        (1, EventKind.STEP, "The wiki holds the whole file in its stash."),
        (1, EventKind.STEP, "Publishing began."),
        (1, EventKind.STEP, f"Published as {house.upload(upload_id).filename}."),
        (1, EventKind.ENDED, "Ended: completed."),
    ]


def test_faults_and_waits_are_told_with_their_codes_and_times() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    address = a_media_image("1001").addresses.original
    house.downloads.fail_next(address, *[TROUBLE] * 4)
    house.process(upload_id)
    faults = [each.event for each in told(house, upload_id) if each.event.kind is EventKind.FAULT]
    assert len(faults) == 4
    assert {(each.step, each.code) for each in faults} == {("download", "http-503")}
    assert "Try again." in faults[0].what
    wait = told(house, upload_id)[-1].event
    assert wait.kind is EventKind.WAIT
    assert wait.until == wait.at + timedelta(seconds=600)
    house.work_to_the_end()
    assert told(house, upload_id)[-1].attempt == 2
    assert story(house, upload_id)[-1][2] == "Ended: completed."


def test_a_worker_that_fell_silent_is_told() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    with house.database.begin() as work:
        work.uploads.claim(upload_id, house.chance.lease_token(), timedelta(seconds=60), 2)
    house.clock.advance(timedelta(minutes=2))
    house.app.dispatch_due_uploads()
    assert story(house, upload_id)[-1][1] is EventKind.RESCUED


def test_what_ended_with_many_others_says_so_itself() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    actor = Actor(user=house.ada)
    house.app.stop_uploads.cancel_batch(actor, house.upload(upload_id).batch_id)
    assert house.database.committed.history == {}
    assert [each[2] for each in story(house, upload_id)] == ["Accepted.", "Ended: cancelled."]


def test_a_retry_says_what_it_retries() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    actor = Actor(user=house.ada)
    batch_id = house.upload(upload_id).batch_id
    house.app.stop_uploads.fail(Actor(user=house.grace, administers=True), [upload_id])
    house.app.retry_uploads(actor=actor, token=house.ada_token, batch_id=batch_id)
    copy = max(house.database.committed.uploads)
    assert story(house, copy)[0][2] == f"Accepted, as a retry of upload {upload_id}."
    assert "Manually marked as failed" in story(house, upload_id)[-1][2]


def test_no_secret_is_told() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    token = house.ada_token

    def careless_library() -> None:
        raise RuntimeError(f"401 for OAuth {token.key}, {token.secret}")

    house.fate.strike("send", careless_library)
    house.process(upload_id)
    ending = story(house, upload_id)[-1][2]
    assert "401 for OAuth" in ending
    assert token.secret not in ending
    assert token.key not in ending


class UnluckyHouse(House):
    """What a worker stores is lost on the way, as often as `unlucky` says."""

    unlucky = 0

    def _ports(self) -> Ports:
        ports = super()._ports()

        @contextmanager
        def begin() -> Iterator[Work]:
            with ports.begin() as work:
                yield work
                if self.unlucky:
                    self.unlucky -= 1
                    raise ServiceDown("database", "gone away")

        return replace(ports, begin=begin)


def test_what_could_not_be_stored_is_told_with_what_is_stored_next() -> None:
    house = UnluckyHouse()
    upload_id = house.an_accepted_upload()
    house.downloads.fail_next(a_media_image("1001").addresses.original, TROUBLE)

    def the_next_is_lost() -> None:
        house.unlucky = 1

    house.fate.strike("publish", the_next_is_lost)
    Tasks(house.app).process_upload(upload_id)
    assert story(house, upload_id)[-1][1] is EventKind.WAIT
    house.work_to_the_end()
    assert [(attempt, kind) for attempt, kind, _ in story(house, upload_id)] == [
        (0, EventKind.ACCEPTED),
        (1, EventKind.ATTEMPT),
        (1, EventKind.FAULT),
        *[(1, EventKind.STEP)] * 3,
        (1, EventKind.WAIT),
        (2, EventKind.ATTEMPT),
        (2, EventKind.STEP),
        (2, EventKind.ENDED),
    ]


def test_an_attempt_whose_first_thing_was_lost_is_told_all_the_same() -> None:
    house = UnluckyHouse()
    upload_id = house.an_accepted_upload()

    def the_next_is_lost() -> None:
        house.unlucky = 1

    house.fate.strike("max_size", the_next_is_lost)
    Tasks(house.app).process_upload(upload_id)
    assert [kind for _, kind, _ in story(house, upload_id)] == [
        EventKind.ACCEPTED,
        EventKind.ATTEMPT,
        EventKind.WAIT,
    ]


def test_what_was_stored_although_nobody_learned_of_it_is_told_once() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def answer_is_lost() -> None:
        raise ServiceDown("database", "gone away")

    house.fate.strike(
        "max_size", lambda: house.fate.strike("commit", answer_is_lost, after=True), after=True
    )
    Tasks(house.app).process_upload(upload_id)
    assert story(house, upload_id) == [
        (0, EventKind.ACCEPTED, "Accepted."),
        (1, EventKind.ATTEMPT, "A worker took it on."),
        (1, EventKind.STEP, "Downloaded 3000 bytes from the source."),
        (1, EventKind.WAIT, "Waits: database: gone away."),
    ]


def test_waiting_for_a_turn_is_told_once_and_hides_nothing() -> None:
    house = a_house()
    first, second = house.an_accepted_upload("1001"), house.an_accepted_upload("1002")
    attempt = house.app.process_upload.start(first)
    assert attempt is not None
    attempt.hold_bytes(Sha1("a" * 40))
    house.clock.sleep(timedelta(seconds=40))
    house.process(second)
    whats = [what for _, _, what in story(house, second)]
    assert whats.count("Another of your uploads was being published all the time.") == 1
    assert "Publishing began." in whats
    assert whats[-1] == "Ended: completed."


def test_an_attempt_of_which_nothing_was_stored_counts_where_its_worker_fell_silent() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    assert house.app.process_upload.start(upload_id) is not None
    house.clock.advance(timedelta(minutes=2))
    house.work_to_the_end()
    assert [(attempt, kind) for attempt, kind, _ in story(house, upload_id)][:3] == [
        (0, EventKind.ACCEPTED),
        (1, EventKind.RESCUED),
        (2, EventKind.ATTEMPT),
    ]


def test_a_fault_says_when_it_is_tried_again() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.downloads.fail_next(a_media_image("1001").addresses.original, *[TROUBLE] * 4)
    house.process(upload_id)
    faults = [each.event for each in told(house, upload_id) if each.event.kind is EventKind.FAULT]
    waits = [each.until - each.at if each.until else None for each in faults]
    assert waits == [*(timedelta(seconds=each) for each in (3, 5, 10)), None]


def test_a_stop_that_was_asked_of_an_upload_at_work_is_told() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    grace = Actor(user=house.grace, administers=True)
    house.fate.strike("look", lambda: stop_and_beat(house, grace, upload_id))
    house.process(upload_id)
    # What an attempt does is stored after what others note meanwhile.
    assert [each[1:] for each in story(house, upload_id)] == [
        (EventKind.ACCEPTED, "Accepted."),
        (EventKind.ATTEMPT, "A worker took it on."),
        (EventKind.STEP, "Downloaded 3000 bytes from the source."),
        (EventKind.STOP_ASKED, "It is to end at its next safe point: Manually marked as failed"),
        (EventKind.ENDED, "Ended: failed. Manually marked as failed"),
    ]


def stop_and_beat(house: House, actor: Actor, upload_id: UploadId) -> None:
    house.app.stop_uploads.fail(actor, [upload_id])
    house.heartbeat.beat_now()


def test_an_upload_at_work_is_told_that_its_users_session_ended() -> None:
    house = a_house()
    first, second = house.an_accepted_upload("1001"), house.an_accepted_upload("1002")
    assert house.app.process_upload.start(first) is not None
    house.clock.sleep(timedelta(minutes=6))
    house.wiki.revoke(house.wiki.accounts["Ada"])
    house.process(second)
    asked = [what for _, kind, what in story(house, first) if kind is EventKind.STOP_ASKED]
    assert asked == [f"It is to end at its next safe point: {SESSION_EXPIRED}"]


def test_nobody_is_told_of_what_is_not_there() -> None:
    assert a_house().app.show_history(UploadId(7)) is None
