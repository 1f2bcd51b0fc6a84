"""What clients say on a WebSocket, and what they take for an answer."""

from typing import Any

from starlette.testclient import WebSocketTestSession

from tests.web.house import SECRETS


def ask(socket: WebSocketTestSession, name: str, data: object = None, **more: object) -> Any:
    """The next message after this one was sent."""
    say(socket, name, data, **more)
    return socket.receive_json()


def say(socket: WebSocketTestSession, name: str, data: object = None, **more: object) -> None:
    content = {} if data is None else {"data": data}
    socket.send_json({"type": name, **content, **more})


def a_slice(batch_id: int, *ids: str, slice_id: int = 1, **item: Any) -> dict[str, Any]:
    items = [
        {"id": each, "input": "a-sequence", "title": f"Bridge {each}.jpg", "wikitext": "text"}
        for each in ids
    ]
    return {"batchid": batch_id, "sliceid": slice_id, "items": [each | item for each in items]}


def a_batch(socket: WebSocketTestSession) -> int:
    created = ask(socket, "CREATE_BATCH")
    assert created["type"] == "BATCH_CREATED"
    batch_id: int = created["data"]
    return batch_id


def error(message: dict[str, Any]) -> str:
    assert message["type"] == "ERROR", message
    assert message["nonce"]
    sentence: str = message["data"]
    assert sentence.endswith("."), sentence
    assert not any(secret in sentence for secret in SECRETS)
    return sentence
