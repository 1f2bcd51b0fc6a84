"""What goes wrong, and what follows: each row of the specification's table (§3), by its name.

A row here says how often in all something is tried, after which waits, and what follows then;
what a worker makes of it stands below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from curator_core.domain.catalogue import SESSION_EXPIRED
from curator_core.domain.fault import FaultKind
from curator_core.domain.retry import Step, Then, rule_for
from curator_core.domain.upload import UploadStatus
from curator_core.ports.publisher import Warned
from tests.builders import QUEUED, House, a_house
from tests.fakes.wiki import fault

REQUEST, CHUNK, PUBLISH = Step.REQUEST, Step.CHUNK, Step.PUBLISH
ANY_WRITE = (Step.CHUNK, Step.PUBLISH, Step.DESCRIBE)
ANY = (Step.REQUEST, *ANY_WRITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`then` follows the last attempt; `delays` are those of its requeues."""

    where: tuple[Step, ...]
    attempts: int = 1
    waits: tuple[float, ...] = ()
    then: Then = Then.FAIL
    delays: tuple[float, ...] = ()
    settle: bool = False
    obey: float = 0


STORAGE_DELAYS = (300, 600, 900)
K = FaultKind
ROWS: dict[tuple[str, FaultKind], Row] = {
    ("connection error, time-out, HTTP 5xx", K.UNREACHABLE): Row(
        where=(REQUEST, CHUNK), attempts=3, waits=(1, 3), then=Then.WAIT, delays=(60,), settle=True
    ),
    ("the same, where the wiki may be publishing", K.UNREACHABLE): Row(
        where=(PUBLISH,), then=Then.WAIT, delays=(300,), settle=True
    ),
    ("the same, where the wiki may be saving", K.UNREACHABLE): Row(
        where=(Step.DESCRIBE,),
        attempts=3,
        waits=(30, 60),
        then=Then.WAIT,
        delays=(60,),
        settle=True,
    ),
    ("an answer that is none, and is no matter of reaching the wiki", K.ODD_ANSWER): Row(
        where=ANY, attempts=3, waits=(1, 3), then=Then.REQUEUE, delays=STORAGE_DELAYS, settle=True
    ),
    ("badtoken", K.BAD_TOKEN): Row(where=ANY_WRITE, attempts=3, waits=(0, 0)),
    ("Nonce already used", K.NONCE_USED): Row(where=(CHUNK,), attempts=3, waits=(0, 0)),
    ("Nonce already used, where it may hide a publish that took", K.NONCE_USED): Row(
        where=(PUBLISH,), attempts=3, waits=(0, 0), settle=True
    ),
    ("maxlag, 429 or 503 with Retry-After", K.BUSY): Row(
        where=(REQUEST, CHUNK), then=Then.WAIT, delays=(30,), obey=30
    ),
    ("a busy wiki, where it may hide a publish that took", K.BUSY): Row(
        where=(PUBLISH,), then=Then.WAIT, delays=(30,), obey=30, settle=True
    ),
    ("readonly, uploads disabled", K.READ_ONLY): Row(where=ANY_WRITE, then=Then.WAIT, delays=(60,)),
    ("ratelimited", K.RATE_LIMITED): Row(where=ANY_WRITE, then=Then.WAIT, delays=(60,)),
    ("edit-conflict", K.EDIT_CONFLICT): Row(
        where=(Step.DESCRIBE,),
        attempts=4,
        waits=(0.5, 1, 2),
        then=Then.REQUEUE,
        delays=STORAGE_DELAYS,
        settle=True,
    ),
    ("lockmanager-fail-conflict, backend-fail-alreadyexists", K.PUBLISH_CONFLICT): Row(
        where=(PUBLISH,), attempts=4, waits=(3, 5, 10), settle=True
    ),
    ("missingresult", K.NO_RESULT): Row(
        where=(PUBLISH,), attempts=4, waits=(3, 5, 10), settle=True
    ),
    ("storage trouble at a chunk, or at a question", K.STORAGE): Row(
        where=(REQUEST, CHUNK), attempts=4, waits=(3, 5, 10)
    ),
    ("storage trouble at publishing", K.STORAGE): Row(
        where=(PUBLISH,), attempts=4, waits=(3, 5, 10), settle=True
    ),
    ("still uploadstash-exception after all that", K.STASH_TROUBLE): Row(
        where=(CHUNK,), attempts=4, waits=(3, 5, 10), then=Then.REQUEUE, delays=STORAGE_DELAYS
    ),
    ("statements that cannot be written", K.STORAGE): Row(
        where=(Step.DESCRIBE,),
        attempts=4,
        waits=(3, 5, 10),
        then=Then.REQUEUE,
        delays=STORAGE_DELAYS,
        settle=True,
    ),
    ("the stash is gone", K.STASH_GONE): Row(
        where=(CHUNK, PUBLISH), then=Then.START_OVER, settle=True
    ),
    ("start the file over, once", K.STASH_GONE): Row(where=(Step.FILE,), attempts=2, waits=(2,)),
    ("already completed", K.ALREADY_COMPLETE): Row(where=(CHUNK,), settle=True),
    ("invalid chunk offset", K.WRONG_OFFSET): Row(where=(CHUNK,), attempts=4, waits=(0, 0, 0)),
    ("the source has trouble", K.SOURCE_TROUBLE): Row(
        where=(Step.DOWNLOAD,), attempts=4, waits=(3, 5, 10), then=Then.REQUEUE, delays=(600,)
    ),
    ("the source answers any other 4xx", K.SOURCE_REFUSED): Row(where=(Step.DOWNLOAD,)),
    ("hash lock taken", K.HASH_LOCKED): Row(
        where=(Step.FILE, PUBLISH), then=Then.REQUEUE, delays=(60, 60, 60)
    ),
    ("fileexists-forbidden", K.NAME_TAKEN): Row(where=(PUBLISH,), settle=True),
    ("fileexists-no-change", K.NO_CHANGE): Row(where=(PUBLISH,), settle=True),
    ("No approved grant", K.NO_GRANT): Row(where=ANY, then=Then.REQUEUE, delays=(60, 60, 60)),
    ("assertuserfailed", K.NOT_LOGGED_IN): Row(where=ANY),
    ("Invalid signature, Invalid consumer, Expired timestamp", K.MISCONFIGURED): Row(
        where=ANY, then=Then.WAIT, delays=(60,)
    ),
    ("blocked", K.BLOCKED): Row(where=ANY_WRITE),
    ("abuse filter's warning", K.FILTER_WARNING): Row(where=ANY_WRITE),
    ("protected, filter, spam list, title blacklist, name", K.PAGE_REFUSED): Row(where=ANY_WRITE),
    ("type, size, verification", K.REFUSED): Row(where=ANY_WRITE),
    ("anything unforeseen", K.UNFORESEEN): Row(where=(*ANY, Step.FILE, Step.DOWNLOAD)),
}


@pytest.mark.parametrize(
    ("kind", "row"),
    [pytest.param(kind, row, id=name) for (name, kind), row in ROWS.items()],
)
def test_a_row_is_carried_out_as_it_was_agreed(kind: FaultKind, row: Row) -> None:
    for step in row.where:
        rule = rule_for(step, kind)
        assert len(rule.waits) + 1 == row.attempts
        assert (rule.waits, rule.then, rule.delays) == (row.waits, row.then, row.delays)
        assert (rule.settle, rule.obey) == (row.settle, row.obey)


OURS = {K.TURN_TAKEN, K.DISK_FULL, K.NOT_AN_IMAGE, K.TOO_LARGE, K.IMAGE_MISSING}
OURS |= {
    K.ADDRESS_FORBIDDEN,
    K.GATE_CLOSED,
    K.TOO_SOON,
    K.STILL_PUBLISHING,
    K.SESSION_ENDED,
    K.DISK_SHARED,
}
"""What the specification names elsewhere than in its table."""


def test_no_kind_of_fault_stands_outside_the_table() -> None:
    assert {kind for _, kind in ROWS} | OURS == set(FaultKind)


# The login


def revoked(house: House) -> None:
    house.wiki.revoke(house.wiki.accounts["Ada"])


def test_a_grant_that_the_wiki_does_not_know_yet_is_waited_for() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    lag = fault(FaultKind.NO_GRANT, "mwoauth-invalid-authorization", "No approved grant")
    house.wiki.fail_next("look", lag)
    house.work()
    assert house.upload(upload_id).status is QUEUED
    before = house.clock.now()
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert house.clock.now() - before >= timedelta(seconds=60)


def test_a_grant_that_never_comes_is_waited_for_three_times() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    revoked(house)
    began, runs = house.clock.now(), 0
    while not house.upload(upload_id).status.is_final:
        runs += bool(house.work())
        house.clock.advance(timedelta(seconds=5))
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert (failure.message, failure.retryable) == (SESSION_EXPIRED, True)
    assert runs == 4
    assert timedelta(minutes=3) <= house.clock.now() - began < timedelta(minutes=4)


def test_a_grant_that_is_gone_long_after_the_login_is_not_waited_for() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.clock.advance(timedelta(minutes=6))
    revoked(house)
    house.work()
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert failure.message == SESSION_EXPIRED


# What the wiki says no to


@pytest.mark.parametrize(
    ("kind", "code", "hint"),
    [
        (FaultKind.FILTER_WARNING, "abusefilter-warning", "that confirms it"),
        (FaultKind.PAGE_REFUSED, "protectedpage", "Choose another title"),
        (FaultKind.PAGE_REFUSED, "spamblacklist", "Choose another title or text"),
        (FaultKind.PAGE_REFUSED, "titleblacklist-of-tomorrow", "Choose another title"),
    ],
)
def test_a_refused_page_fails_at_once_and_a_retry_need_not_send_the_file_again(
    kind: FaultKind, code: str, hint: str
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("publish", fault(kind, code, "The wiki's own words."))
    house.work()
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert failure.message.startswith(f"{code}: The wiki's own words.")
    assert (failure.code, failure.raw_code, failure.retryable) == (kind.value, code, True)
    assert hint in failure.hint
    assert "need not send it again" in failure.hint
    assert house.asked().count("publish") == 1


def test_what_is_refused_before_it_was_sent_is_not_said_to_be_kept() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("send", fault(FaultKind.PAGE_REFUSED, "illegal-filename", "Not allowed."))
    house.work()
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert "again" not in failure.hint


def test_trouble_with_the_wikis_storage_that_does_not_end_fails() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    trouble = fault(FaultKind.STORAGE, "internal_api_error_DBQueryError", "Caught exception")
    house.wiki.fail_next("publish", trouble, times=4)
    house.work()
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert failure.message.startswith("internal_api_error_DBQueryError: Caught exception")
    assert house.asked().count("publish") == 4


def test_a_stash_that_keeps_failing_is_left_alone_thrice_before_the_upload_fails() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    trouble = fault(FaultKind.STASH_TROUBLE, "uploadstash-exception", "Could not store")
    house.wiki.fail_next("send", trouble, times=16)
    began = house.clock.now()
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.FAILED
    assert house.asked().count("send") == 16
    assert house.clock.now() - began >= timedelta(seconds=sum(STORAGE_DELAYS))


# Warnings


def warned(house: House, *answers: Warned) -> None:
    """The wiki answers the next publish requests so."""
    house.wiki.warn_next.extend(answers)


def once_on(house: House, title: str, data: bytes) -> Callable[[], None]:
    """Somebody else's file comes while ours is being sent."""

    def add() -> None:
        if title not in house.wiki.files:
            house.wiki.add_file(title, data)

    return add


def test_a_name_that_is_only_normalised_goes_on_with_the_wikis_spelling() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    warned(house, Warned(respelled="bridge__1001.jpg "))
    house.work()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert list(house.wiki.files) == list(house.wiki.descriptions) == ["bridge 1001.jpg"]


def test_a_wiki_that_never_agrees_with_its_own_spelling_is_asked_twice() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    warned(house, Warned(respelled="bridge 1001.jpg"), Warned(respelled="Bridge 1001.jpg"))
    house.work()
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert failure.raw_code == "badfilename"
    assert house.asked().count("publish") == 2


@pytest.mark.parametrize(
    "other",
    ["Tower.jpg", "Bridge 1001.JPG", "BRIDGE 1001.jpg", "Bridge-1001.jpg", "Bridge1001.jpg"],
)
def test_a_name_that_becomes_another_fails(other: str) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    warned(house, Warned(respelled=other))
    house.work()
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert other in failure.message
    assert house.wiki.files == {}
    assert (failure.raw_code, failure.retryable) == ("badfilename", True)


def test_of_several_warnings_the_duplicate_counts_first() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    data = house.a_picture()
    house.wiki.between = once_on(house, "Old.jpg", data)
    warned(
        house,
        Warned(duplicates=("Old.jpg",), respelled="Tower.jpg", others=(("was-deleted", "Bridge"),)),
    )
    house.work()
    assert house.upload(upload_id).status.value.startswith("duplicate")


def test_then_a_name_that_exists() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.between = once_on(house, "Bridge 1001.jpg", b"\xff\xd8\xffother")
    warned(house, Warned(exists="Bridge 1001.jpg", others=(("was-deleted", "Bridge"),)))
    house.work()
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert failure.message == ("File already exists with different content: File:Bridge 1001.jpg")


def test_then_a_name_that_is_normalised_and_only_then_the_rest() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    rest = (("was-deleted", "Bridge 1001.JPG"), ("bad-prefix", ""))
    warned(house, Warned(respelled="bridge 1001.jpg", others=rest), Warned(others=rest))
    house.work()
    assert [each.title for each in house.wiki.requests if each.action == "publish"] == [
        "Bridge 1001.jpg",
        "bridge 1001.jpg",
    ]
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert failure.raw_code == "was-deleted, bad-prefix"
    assert "was deleted" in failure.message
    assert "cameras" in failure.message
