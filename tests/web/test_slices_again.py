"""UPLOAD_SLICE sent again: on another connection, to another web process, at the same time."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from tests.contracts.database_bench import at_once
from tests.web.database_house import Webs
from tests.web.house import Client
from tests.web.speaking import a_slice

ROUNDS = 8
"""How often what might happen at the same time is tried."""


def a_batch(client: Client) -> int:
    client.send("CREATE_BATCH")
    batch: int = client.expect("BATCH_CREATED")
    return batch


def a_mixed_slice(batch: int, slice_id: int, *ids: str) -> dict[str, Any]:
    """Of these pictures the second cannot be uploaded and the first comes twice."""
    sent = a_slice(batch, *ids, ids[0], slice_id=slice_id)
    sent["items"][1]["title"] = "No extension"
    return sent


def sent(client: Client, slice_: dict[str, Any]) -> list[tuple[str, str]]:
    """What the acknowledgement says of each item."""
    client.send("UPLOAD_SLICE", slice_)
    message = client.receive()
    assert message["type"] == "UPLOAD_SLICE_ACK", message
    assert message["sliceid"] == slice_["sliceid"]
    return [(each["id"], each["status"]) for each in message["data"]]


def sent_at_once(
    clients: list[Client], slices: list[dict[str, Any]]
) -> list[list[tuple[str, str]]]:
    return at_once(len(clients), lambda number: sent(clients[number], slices[number]))


def refused(client: Client, slice_: dict[str, Any]) -> str:
    client.send("UPLOAD_SLICE", slice_)
    sentence: str = client.expect("ERROR")
    return sentence


def uploads(client: Client, batch: int) -> list[dict[str, Any]]:
    client.send("FETCH_BATCH_UPLOADS", batch)
    found: list[dict[str, Any]] = client.expect("BATCH_UPLOADS_LIST")["uploads"]
    return found


def test_a_slice_sent_again_is_acknowledged_the_same_way_by_every_process(two: Webs) -> None:
    with two.socket(0) as client:
        batch = a_batch(client)
        sent(client, a_slice(batch, "9", slice_id=0))
        # "9" is in the batch already.
        mixed = a_mixed_slice(batch, 1, "1", "2", "9", "3")
        first = sent(client, mixed)
        stored = uploads(client, batch)
    assert first == [
        ("1", "queued"),
        ("2", "failed"),
        ("9", "failed"),
        ("3", "queued"),
        ("1", "failed"),
    ]
    assert [each["key"] for each in stored] == ["9", "1", "2", "3"]
    for number in (0, 1, 0):
        with two.socket(number) as client:
            assert sent(client, mixed) == first
            assert uploads(client, batch) == stored


def test_a_slice_sent_many_times_at_once_is_stored_once(two: Webs) -> None:
    with ExitStack() as kept:
        clients = [kept.enter_context(two.socket(number % 2)) for number in range(6)]
        batch = a_batch(clients[0])
        for number in range(ROUNDS):
            mixed = a_mixed_slice(batch, number, *(f"{number}-{each}" for each in range(18)))
            answers = sent_at_once(clients, [mixed] * len(clients))
            assert all(answer == answers[0] for answer in answers)
            assert [status for _, status in answers[0][:3]] == ["queued", "failed", "queued"]
        stored = uploads(clients[1], batch)
    keys = [each["key"] for each in stored]
    assert keys == [f"{number}-{each}" for number in range(ROUNDS) for each in range(18)]


def test_a_picture_in_several_slices_at_once_is_stored_once(two: Webs) -> None:
    with ExitStack() as kept:
        clients = [kept.enter_context(two.socket(number % 2)) for number in range(4)]
        batch = a_batch(clients[0])
        for number in range(ROUNDS):
            first_id = number * len(clients)
            slices = [a_slice(batch, f"{number}", slice_id=first_id + each) for each in range(4)]
            answers = sent_at_once(clients, slices)
            told = sorted(status for answer in answers for _, status in answer)
            assert told == ["failed", "failed", "failed", "queued"]
            # And each of them is acknowledged as it was, however often it is sent.
            assert sent_at_once(clients, slices) == answers
        assert [each["key"] for each in uploads(clients[1], batch)] == [
            str(number) for number in range(ROUNDS)
        ]


def _other_text(slice_: dict[str, Any]) -> None:
    slice_["items"][0]["wikitext"] = "other text"


def _other_order(slice_: dict[str, Any]) -> None:
    slice_["items"].reverse()


def _less(slice_: dict[str, Any]) -> None:
    slice_["items"].pop()


def _mended(slice_: dict[str, Any]) -> None:
    slice_["items"][1]["title"] = "Mended.jpg"


@pytest.mark.parametrize("change", [_other_text, _other_order, _less, _mended])
def test_a_slices_id_with_other_content_is_an_error(two: Webs, change: Any) -> None:
    with two.socket(0) as client, two.socket(1) as other:
        batch = a_batch(client)
        first = sent(client, a_mixed_slice(batch, 7, "1", "2", "3"))
        stored = uploads(client, batch)
        changed = a_mixed_slice(batch, 7, "1", "2", "3")
        change(changed)
        assert refused(other, changed) == "Slice 7 was sent before with other pictures."
        # The connection lives, nothing was stored, and what was accepted still is.
        assert uploads(other, batch) == stored
        assert sent(other, a_mixed_slice(batch, 7, "1", "2", "3")) == first


def test_other_content_under_one_id_at_once_is_accepted_once(two: Webs) -> None:
    with two.socket(0) as client, two.socket(1) as other:
        batch = a_batch(client)
        clients = [client, other]
        for number in range(ROUNDS):
            slices = [a_slice(batch, f"{number}-{each}", slice_id=number) for each in range(2)]

            def send(each: int, it: list[dict[str, Any]] = slices) -> str:
                clients[each].send("UPLOAD_SLICE", it[each])
                name: str = clients[each].receive()["type"]
                return name

            assert sorted(at_once(2, send)) == ["ERROR", "UPLOAD_SLICE_ACK"]
        assert len(uploads(client, batch)) == ROUNDS


def test_a_slice_is_acknowledged_as_it_was_when_its_uploads_have_moved_on(two: Webs) -> None:
    with two.socket(0) as client, two.socket(1) as other:
        batch = a_batch(client)
        first = sent(client, a_mixed_slice(batch, 1, "1", "2", "3"))
        client.send("CANCEL_BATCH", batch)
        # A batch that was cancelled is told to who watches it; the next change comes after that.
        a_batch(client)
        ended = uploads(client, batch)
        assert [each["status"] for each in ended] == ["cancelled", "failed", "cancelled"]
        assert sent(other, a_mixed_slice(batch, 1, "1", "2", "3")) == first
        assert uploads(other, batch) == ended


def test_the_same_slice_id_in_two_batches_is_two_slices(two: Webs) -> None:
    with two.socket(0) as client, two.socket(1) as other:
        batches = [a_batch(client), a_batch(other)]
        for batch in batches:
            assert sent(other, a_slice(batch, "1")) == [("1", "queued")]
        assert [len(uploads(client, batch)) for batch in batches] == [1, 1]
