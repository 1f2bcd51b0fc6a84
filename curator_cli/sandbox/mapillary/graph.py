"""Mapillary's Graph API: sequences and images, read by whoever holds a token."""

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from curator_cli.sandbox.mapillary.sequences import Mood, Photograph, Sequence

_HANG_STEP_SECONDS = 0.1
_MOST_IMAGES = 2_000
# More ids than this at once are too much for it, as for the real one.
_MOST_IDS = 500

Fields = dict[str, Callable[[Photograph], Any]]


class _Refused(Exception):
    """An error in the shape of Facebook's Graph."""

    def __init__(self, status: int, code: int, message: str, kind: str = "OAuthException") -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "error": {
                "message": message,
                "type": kind,
                "code": code,
                "fbtrace_id": secrets.token_urlsafe(17),
            }
        }


class GraphApi:
    """Serves `/images`, `/image_ids` and `/<image id>` below the API's root.

    `photograph_url` is where the CDN serves pictures, without a final slash.
    """

    def __init__(self, sequences: tuple[Sequence, ...], photograph_url: str) -> None:
        self._sequences = {sequence.id: sequence for sequence in sequences}
        self._images = {
            photograph.id: (photograph, sequence)
            for sequence in sequences
            for photograph in sequence.photographs
        }
        self._url = photograph_url
        self._fields: Fields = {
            "id": lambda one: one.id,
            "captured_at": lambda one: one.captured_at,
            "compass_angle": lambda one: one.compass_angle,
            "computed_compass_angle": lambda one: one.compass_angle,
            "creator": self._creator,
            "geometry": self._geometry,
            "computed_geometry": self._geometry,
            "height": lambda one: one.height,
            "width": lambda one: one.width,
            "is_pano": lambda one: one.is_pano,
            "camera_type": lambda _one: "perspective",
            "make": lambda one: one.make,
            "model": lambda one: one.model,
            "sequence": lambda one: self._images[one.id][1].id,
            "thumb_256_url": lambda one: f"{self._url}/{one.id}/256.jpg",
            "thumb_1024_url": lambda one: f"{self._url}/{one.id}/1024.jpg",
            "thumb_2048_url": lambda one: f"{self._url}/{one.id}/1024.jpg",
            "thumb_original_url": lambda one: f"{self._url}/{one.id}/original.jpg",
        }

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/images", self._answered(self._search)),
            Route("/image_ids", self._answered(self._ids)),
            Route("/{image_id}", self._answered(self._one)),
        ]

    def _answered(self, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            try:
                _check_token(request)
                body, status = await answer(request), 200
            except _Refused as refusal:
                body, status = refusal.body, refusal.status
            # Graph's JSON is served as this type, with escaped slashes.
            text = json.dumps(body).replace("/", "\\/")
            return Response(text, status, media_type="application/json; charset=UTF-8")

        return endpoint

    async def _search(self, request: Request) -> dict[str, Any]:
        fields = self._wanted(request)
        found: list[Photograph] = []
        for identity in _many(request, "sequence_ids") + _many(request, "sequence_id"):
            found += await self._whole(request, identity)
        ids = _many(request, "image_ids")
        if len(ids) > _MOST_IDS:
            raise _too_much()
        found += [self._images[identity][0] for identity in ids if identity in self._images]
        limit = request.query_params.get("limit", str(_MOST_IMAGES))
        most = int(limit) if limit.isdigit() else _MOST_IMAGES
        return {"data": [self._shown(one, fields) for one in found[:most]]}

    async def _whole(self, request: Request, sequence_id: str) -> tuple[Photograph, ...]:
        sequence = self._sequences.get(sequence_id)
        if sequence is None:
            return ()
        if sequence.mood is Mood.HANGS:
            while not await request.is_disconnected():
                await asyncio.sleep(_HANG_STEP_SECONDS)
        if sequence.mood is Mood.TOO_LARGE:
            raise _too_much()
        return sequence.photographs

    async def _ids(self, request: Request) -> dict[str, Any]:
        sequence = self._sequences.get(request.query_params.get("sequence_id", ""))
        photographs = sequence.photographs if sequence else ()
        return {"data": [{"id": photograph.id} for photograph in photographs]}

    async def _one(self, request: Request) -> dict[str, Any]:
        identity = request.path_params["image_id"]
        if identity not in self._images:
            raise _Refused(
                400,
                100,
                f"Unsupported get request. Object with ID '{identity}' does not exist, cannot be "
                "loaded due to missing permissions, or does not support this operation",
                "GraphMethodException",
            )
        return self._shown(self._images[identity][0], self._wanted(request))

    def _wanted(self, request: Request) -> list[str]:
        wanted = _many(request, "fields") or ["id"]
        for name in wanted:
            if name not in self._fields:
                raise _Refused(
                    400,
                    100,
                    f"(#100) Tried accessing nonexisting field ({name}) on node type (Image)",
                )
        return [*wanted, *(["id"] if "id" not in wanted else [])]

    def _shown(self, photograph: Photograph, wanted: list[str]) -> dict[str, Any]:
        values = {name: self._fields[name](photograph) for name in wanted}
        return {name: value for name, value in values.items() if value is not None}

    @staticmethod
    def _creator(photograph: Photograph) -> dict[str, str] | None:
        if photograph.creator is None:
            return None
        return {"username": photograph.creator, "id": photograph.creator_id}

    @staticmethod
    def _geometry(photograph: Photograph) -> dict[str, Any] | None:
        if photograph.geometry is None:
            return None
        return {"type": "Point", "coordinates": list(photograph.geometry)}


def _many(request: Request, name: str) -> list[str]:
    return [part for part in request.query_params.get(name, "").split(",") if part]


def _too_much() -> _Refused:
    return _Refused(
        500, 1, "Please reduce the amount of data you're asking for, then retry your request"
    )


def _check_token(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("oauth", "bearer") and token.strip():
        return
    if not request.query_params.get("access_token"):
        raise _Refused(401, 190, "Invalid OAuth 2.0 Access Token")
