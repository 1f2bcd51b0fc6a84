"""The server of pictures: originals, previews, and what is served in their place."""

from collections.abc import Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from curator_cli.sandbox.mapillary.sequences import Body, Photograph, Sequence
from curator_cli.sandbox.photographs.padding import base_bytes

_HTML = b"<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body>%s</body></html>\n"
# A picture of one transparent pixel, which is no JPEG.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001000500"
    "010d0a2db40000000049454e44ae426082"
)
_BROKEN: dict[Body, tuple[bytes, str, int]] = {
    Body.HTML: (_HTML % (b"This picture cannot be shown. " * 60), "image/jpeg", 200),
    Body.EMPTY: (b"", "image/jpeg", 200),
    Body.PNG: (PNG, "image/jpeg", 200),
    Body.PHP_ERROR: (_HTML % b"Something went wrong.", "application/x-php", 200),
}


class PhotographCdn:
    """Serves `/<image id>/original.jpg`, `/256.jpg` and `/1024.jpg` of some sequences."""

    def __init__(self, sequences: tuple[Sequence, ...]) -> None:
        self._photographs = {
            photograph.id: photograph
            for sequence in sequences
            for photograph in sequence.photographs
        }
        self._variants: dict[str, Callable[[Photograph], Response]] = {
            "original.jpg": _original,
            "256.jpg": lambda one: _small(one, ".256"),
            "1024.jpg": lambda one: _small(one, ""),
        }

    def routes(self) -> list[BaseRoute]:
        return [Route("/{image_id}/{variant}", self._serve)]

    async def _serve(self, request: Request) -> Response:
        photograph = self._photographs.get(request.path_params["image_id"])
        variant = self._variants.get(request.path_params["variant"])
        if photograph is None or variant is None:
            return Response("URL signature expired", 403, media_type="text/plain")
        return variant(photograph)


def _original(photograph: Photograph) -> Response:
    if photograph.body in _BROKEN:
        content, kind, status = _BROKEN[photograph.body]
        return Response(content, status, media_type=kind)
    pieces: Iterator[bytes] = photograph.file.stream()
    length = {"Content-Length": str(photograph.file.size)}
    return StreamingResponse(pieces, media_type="image/jpeg", headers=length)


def _small(photograph: Photograph, suffix: str) -> Response:
    base = photograph.file.base
    name = base if base == "tiny.jpg" else base.replace(".jpg", f"{suffix}.jpg")
    return Response(
        base_bytes(name), media_type="image/jpeg", headers={"Cache-Control": "max-age=3600"}
    )
