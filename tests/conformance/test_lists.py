"""Lists of batches are read by the page, restricted, and told of as they change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.conformance.rows import walks
from tests.conformance.said import a_batch, cancel_all, unique
from tests.conformance.visitor import Message, Socket, Visitor


@contextmanager
def _listening(socket: Socket, name: str, **data: Any) -> Iterator[Message]:
    """What the whole list was; until the block ends it is watched."""
    socket.say(name, data)
    whole = socket.expect("BATCHES_LIST")
    assert whole["partial"] is False
    yield whole
    socket.say("UNSUBSCRIBE_BATCHES_LIST")


def _told_of(batch: int, **stats: int) -> Any:
    def fits(message: Message) -> bool:
        items = {one["id"]: one["stats"] for one in message["data"]["items"]}
        return (
            message["partial"] is True
            and batch in items
            and all(items[batch][name] == number for name, number in stats.items())
        )

    return fits


@walks("FETCH_BATCHES", "BATCHES_LIST", "SUBSCRIBE_BATCHES_LIST", "UNSUBSCRIBE_BATCHES_LIST")
@pytest.mark.parametrize("name", ["FETCH_BATCHES", "SUBSCRIBE_BATCHES_LIST"])
def test_the_first_page_is_followed_by_what_changes(
    ada: Socket, ben: Socket, root: Socket, name: str
) -> None:
    # Both rows are walked by each of the two: the other one only looks.
    other = "SUBSCRIBE_BATCHES_LIST" if name == "FETCH_BATCHES" else "FETCH_BATCHES"
    with _listening(root, other):
        pass
    with _listening(ben, name):
        batch = a_batch(ada)
        ben.await_("BATCHES_LIST", _told_of(batch, total=2, queued=2))
        ada.say("CANCEL_BATCH", batch)
        ben.await_("BATCHES_LIST", _told_of(batch, total=2, cancelled=2))


def test_a_list_of_one_users_batches_tells_of_no_others(
    ada: Socket, ben: Socket, root: Socket, contributor: Visitor
) -> None:
    with _listening(root, "SUBSCRIBE_BATCHES_LIST", userid=contributor.userid) as whole:
        assert {one["userid"] for one in whole["data"]["items"]} <= {contributor.userid}
        with _listening(ada, "SUBSCRIBE_BATCHES_LIST"):
            foreign = a_batch(ben)
            # Somebody without the restriction hears of it; so would this one have.
            ada.await_("BATCHES_LIST", _told_of(foreign, total=2))
        own = a_batch(ada)
        fits, heard = _told_of(own, total=2), set()
        while not fits(message := root.expect("BATCHES_LIST")):
            heard |= {one["userid"] for one in message["data"]["items"]}
        assert heard <= {contributor.userid}


def test_only_the_first_page_is_followed_by_changes(ada: Socket, ben: Socket, root: Socket) -> None:
    with _listening(root, "FETCH_BATCHES", page=2, limit=1), _listening(ben, "FETCH_BATCHES"):
        batch = a_batch(ada)
        ben.await_("BATCHES_LIST", _told_of(batch, total=2))
        assert root.meanwhile() == []


def test_who_stopped_listening_to_the_list_hears_no_more(
    ada: Socket, ben: Socket, root: Socket
) -> None:
    with _listening(root, "SUBSCRIBE_BATCHES_LIST"):
        pass
    root.meanwhile()
    with _listening(ben, "SUBSCRIBE_BATCHES_LIST"):
        batch = a_batch(ada)
        ben.await_("BATCHES_LIST", _told_of(batch, total=2))
        assert root.meanwhile() == []


def _listed(socket: Socket, **data: Any) -> Any:
    with _listening(socket, "FETCH_BATCHES", **data) as whole:
        return whole["data"]


def test_pages_follow_one_another(ada: Socket, contributor: Visitor) -> None:
    batches = {a_batch(ada, 1) for _ in range(5)}
    userid = contributor.userid
    ids = []
    for page in (1, 2, 3):
        found = _listed(ada, page=page, limit=2, userid=userid)
        assert len(found["items"]) == 2
        assert found["total"] >= 5
        ids += [one["id"] for one in found["items"]]
    assert len(set(ids)) == 6
    assert batches <= set(ids)


def test_empty_restrictions_count_as_absent(ada: Socket, ben: Socket) -> None:
    batches = {a_batch(ada, 1), a_batch(ben, 1)}
    found = _listed(ada, userid="", filter="")
    assert batches <= {one["id"] for one in found["items"]}


def test_a_filter_is_a_number_a_users_name_words_or_a_status(
    ada: Socket, ben: Socket, contributor: Visitor
) -> None:
    word = unique("Zebra")
    batch = a_batch(ada, 1, title=f"A {word} in the rain.jpg")
    foreign = a_batch(ben, 1)

    def ids(filter_: str) -> set[int]:
        return {one["id"] for one in _listed(ada, filter=filter_)["items"]}

    assert ids(str(batch)) == {batch}
    assert ids(word) == ids(word.lower()) == {batch}
    assert _listed(ada, filter=word)["total"] == 1
    beginning = ids(contributor.name[:9])
    assert batch in beginning
    assert foreign not in beginning
    assert {batch, foreign} <= ids("queued")
    cancel_all(ada, batch)
    assert batch not in ids("queued")
    assert batch in ids("cancelled")
    assert ids(unique("nothing")) == set()


@pytest.mark.parametrize("data", [{"page": 0}, {"page": -1}, {"limit": 0}, {"limit": -5}])
def test_a_page_that_cannot_be_is_answered(ada: Socket, data: dict[str, int]) -> None:
    assert ada.ask("FETCH_BATCHES", data)["type"] in ("ERROR", "BATCHES_LIST")
    assert ada.lives()


def test_a_page_beyond_the_last_is_empty(ada: Socket) -> None:
    assert _listed(ada, page=90_000, limit=100)["items"] == []
