"""Connections and their frames, and what goes wrong with them."""

import json
from dataclasses import replace

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from structlog.testing import capture_logs

from curator_web.config import Limits
from tests.fakes.sources import a_media_image
from tests.web.house import CONFIG, WebHouse
from tests.web.speaking import a_batch, a_slice, ask, error


def test_a_stranger_is_refused_before_the_upgrade(house: WebHouse) -> None:
    with (
        house.visitor() as stranger,
        pytest.raises(WebSocketDenialResponse) as refused,
        stranger.websocket_connect("/ws"),
    ):
        pass
    assert refused.value.status_code == 403
    assert refused.value.json() == {"detail": "Please log in first."}


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_sites_page_gets_no_connection(house: WebHouse, origin: str) -> None:
    with house.visitor("Ada") as ada:
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            ada.websocket_connect("/ws", headers={"Origin": origin}),
        ):
            pass
        assert refused.value.status_code == 403
        for ours in ({"Origin": "http://testserver"}, {}):
            with ada.websocket_connect("/ws", headers=ours) as socket:
                assert a_batch(socket)


# Frames


def test_a_frame_that_does_not_fit_leaves_the_connection_open(house: WebHouse) -> None:
    with house.socket() as socket:
        socket.send_text("{")
        assert "not JSON" in error(socket.receive_json())
        socket.send_bytes(b'{"type": "CREATE_BATCH"}')
        assert "text frames" in error(socket.receive_json())
        assert "DANCE" in error(ask(socket, "DANCE"))
        assert "yet" in error(ask(socket, "FETCH_REDLINKS"))
        assert a_batch(socket) == 1


def test_a_frame_that_is_too_large_leaves_the_connection_open() -> None:
    house = WebHouse(replace(CONFIG, limits=Limits(frame=1000)))
    with house.socket() as socket:
        assert "1000 characters" in error(ask(socket, "FETCH_IMAGES", "x" * 1000, handler="x"))
        assert a_batch(socket) == 1


def test_a_large_frame_is_taken(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        answer = ask(socket, "UPLOAD_SLICE", a_slice(batch, "1", "2", "3", wikitext="x" * 60_000))
        assert [each["status"] for each in answer["data"]] == ["queued"] * 3


def test_a_database_that_is_down_loses_nothing(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        house.database.down = True
        sentence = error(ask(socket, "UPLOAD_SLICE", a_slice(batch, "1")))
        assert "database does not answer" in sentence
        assert "the fake is down" not in sentence
        assert "database" in error(ask(socket, "CREATE_BATCH"))
        assert "database" in error(ask(socket, "FETCH_BATCH_UPLOADS", batch))
        house.database.down = False
        assert ask(socket, "UPLOAD_SLICE", a_slice(batch, "1"))["type"] == "UPLOAD_SLICE_ACK"
        assert len(ask(socket, "FETCH_BATCH_UPLOADS", batch)["data"]["uploads"]) == 1


def test_a_mistake_of_ours_is_logged_and_the_connection_lives(house: WebHouse) -> None:
    with house.socket() as socket, capture_logs() as logs:
        sentence = error(ask(socket, "FETCH_IMAGES", "a-sequence", handler="broken"))
        assert "on our side" in sentence
        assert "secret-sauce" not in sentence
        assert a_batch(socket)
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == [
        "something unforeseen"
    ]
    assert any(entry.get("exc_info") for entry in logs)


def test_nothing_that_is_sent_holds_a_token(house: WebHouse) -> None:
    house.source.add("a-sequence", a_media_image("1"))
    with house.socket() as socket:
        batch = a_batch(socket)
        frames = [
            ask(socket, "UPLOAD_SLICE", a_slice(batch, "1")),
            ask(socket, "FETCH_BATCH_UPLOADS", batch),
            ask(socket, "FETCH_IMAGES", "a-sequence", handler="mapillary"),
        ]
    tokens = [house.ada_token, *house.wiki._tokens]  # noqa: SLF001 - all that could be shown
    shown = json.dumps(frames)
    assert not any(token.key in shown or token.secret in shown for token in tokens)
    assert not any(token.key[::-1] in shown for token in tokens)


def test_a_process_serves_many_connections(house: WebHouse) -> None:
    with house.visitor("Ada") as ada:
        client: TestClient = ada
        with client.websocket_connect("/ws") as first, client.websocket_connect("/ws") as second:
            assert [a_batch(first), a_batch(second)] == [1, 2]
