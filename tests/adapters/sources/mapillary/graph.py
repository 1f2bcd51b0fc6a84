"""Graph API of the tests' own, on a tiny HTTP server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.adapters.downloads.server import Answer, HttpServer, Request, http_server

TOKEN = "MLY|123|a-secret-token"

Entry = Mapping[str, Any]


def an_entry(image_id: str, **changes: Any) -> dict[str, Any]:
    """An image as Graph describes it; a change to None leaves the field out."""
    entry = {
        "id": image_id,
        "captured_at": 1_716_800_403_137,
        "compass_angle": 84.5,
        "creator": {"username": "ada", "id": "102744321098765"},
        "geometry": {"type": "Point", "coordinates": [13.3762, 52.5193]},
        "height": 768,
        "is_pano": False,
        "make": "Apple",
        "model": "iPhone 13 Pro",
        "thumb_256_url": f"https://scontent.xx.fbcdn.net/{image_id}/256.jpg",
        "thumb_1024_url": f"https://scontent.xx.fbcdn.net/{image_id}/1024.jpg",
        "thumb_original_url": f"https://scontent.xx.fbcdn.net/{image_id}/original.jpg",
        "width": 1024,
    }
    return {name: value for name, value in (entry | changes).items() if value is not None}


def as_json(value: Any, status: int = 200) -> Answer:
    # Graph escapes slashes.
    text = json.dumps(value).replace("/", "\\/")
    headers = {"Content-Type": "application/json; charset=UTF-8"}
    return Answer(body=text.encode(), status=status, headers=headers)


def an_error(status: int, code: int, message: str, kind: str = "OAuthException") -> Answer:
    """An error in Graph's shape."""
    return as_json(
        {"error": {"message": message, "type": kind, "code": code, "fbtrace_id": "A1b2"}}, status
    )


class Graph:
    """Sequences of entries. `too_large` names those that answer 500 when asked for at once;
    `trouble` is answered instead of anything else while it is set."""

    def __init__(self, server: HttpServer) -> None:
        self.server = server
        self.sequences: dict[str, list[Entry]] = {}
        self.too_large: set[str] = set()
        self.trouble: Answer | None = None
        server.answers["/images"] = self._guarded(self._images)
        server.answers["/image_ids"] = self._guarded(self._ids)

    @property
    def root(self) -> str:
        return self.server.root

    def add(self, sequence_id: str, *entries: Entry) -> None:
        self.sequences.setdefault(sequence_id, []).extend(entries)
        for entry in entries:
            self.server.answers[f"/{entry['id']}"] = self._guarded(self._one)

    def _guarded(self, respond: Any) -> Any:
        def answer(request: Request) -> Answer:
            if self.trouble is not None:
                return self.trouble
            if request.headers.get("Authorization") != f"OAuth {TOKEN}":
                return an_error(401, 190, "Invalid OAuth 2.0 Access Token")
            answered: Answer = respond(request)
            return answered

        return answer

    def _images(self, request: Request) -> Answer:
        sequence_id = request.query.get("sequence_ids")
        if sequence_id in self.too_large:
            return an_error(500, 1, "Please reduce the amount of data you're asking for")
        if sequence_id is not None:
            return as_json({"data": self.sequences.get(sequence_id, [])})
        wanted = request.query["image_ids"].split(",")
        everything = [entry for entries in self.sequences.values() for entry in entries]
        # Not in the order asked: nobody promises one.
        return as_json({"data": [entry for entry in everything if entry["id"] in wanted]})

    def _ids(self, request: Request) -> Answer:
        entries = self.sequences.get(request.query["sequence_id"], [])
        return as_json({"data": [{"id": entry["id"]} for entry in entries]})

    def _one(self, request: Request) -> Answer:
        everything = [entry for entries in self.sequences.values() for entry in entries]
        return as_json(next(entry for entry in everything if f"/{entry['id']}" == request.path))


MISSING = an_error(
    400,
    100,
    "Unsupported get request. Object with ID '1' does not exist, cannot be loaded due to missing "
    "permissions, or does not support this operation",
    "GraphMethodException",
)


@contextmanager
def running_graph() -> Iterator[Graph]:
    """A Graph API that knows nothing yet; unknown images are answered as Graph does."""
    with http_server() as server:
        server.fallback = MISSING
        yield Graph(server)
