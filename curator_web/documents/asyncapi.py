"""`asyncapi.json`: what goes over the WebSocket."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, get_args

from pydantic import BaseModel

from curator_web.documents.schemas import reference, schemas
from curator_web.protocol.client import ClientMessage
from curator_web.protocol.server import Error, ServerMessage
from curator_web.websocket.dispatch import TABLE

_ABOUT = (
    "JSON text frames, one message each, told apart by `type`. The connection needs a session; "
    "without one it is refused with 403 before the upgrade. A frame that does not fit gets an "
    "`ERROR`, and the connection stays open. Unknown fields are ignored; optional fields without "
    "a value are left out."
)


def asyncapi() -> dict[str, Any]:
    """The document, AsyncAPI 3.0."""
    received, sent = get_args(ClientMessage), get_args(ServerMessage)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Curator",
            "version": version("curator"),
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "socket": {
                "address": "/ws",
                "messages": {
                    type_of(each): {"$ref": f"#/components/messages/{type_of(each)}"}
                    for each in (*received, *sent)
                },
            }
        },
        "operations": {
            **{type_of(each): _asked(each) for each in received},
            **{f"send_{type_of(each)}": _operation("send", each) for each in sent},
        },
        "components": {
            "messages": {type_of(each): _message(each) for each in (*received, *sent)},
            "schemas": schemas(sent=sent, received=received),
        },
    }


def type_of(message: type[BaseModel]) -> str:
    """The literal that tells it apart."""
    name: str = get_args(message.model_fields["type"].annotation)[0]
    return name


def _asked(message: type[ClientMessage]) -> dict[str, Any]:
    """From the server's side: it receives, and replies."""
    replies: list[type[BaseModel]] = [*TABLE[message].replies, Error]
    return _operation("receive", message) | {
        "reply": {
            "channel": {"$ref": "#/channels/socket"},
            "messages": [_in_channel(each) for each in replies],
        }
    }


def _operation(action: str, message: type[BaseModel]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/socket"},
        "summary": _summary(message),
        "messages": [_in_channel(message)],
    }


def _in_channel(message: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/channels/socket/messages/{type_of(message)}"}


def _message(message: type[BaseModel]) -> dict[str, Any]:
    return {
        "name": type_of(message),
        "summary": _summary(message),
        "payload": reference(message),
    }


def _summary(message: type[BaseModel]) -> str:
    return " ".join((message.__doc__ or "").split())
