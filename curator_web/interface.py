"""Serves the web interface: an existing one from its folder, or the plain page of our own."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from curator_web.errors import wants_page
from curator_web.pages import Pages
from curator_web.session import Sessions

_FOREVER = "public, max-age=31536000, immutable"
"""A file below `/assets` has a digest of its content in its name."""

_ASK_AGAIN = "no-cache"
"""To be kept, but not used without asking whether it is still so."""

_OURS = frozenset({"api", "assets", "auth", "docs", "healthz", "metrics", "readyz", "ws"})
"""Nothing below these is a page of the interface."""


class Built(StaticFiles):
    """An interface that was built: its files, and `index.html` for every page of it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file; where there is none, the page that finds its way by the address itself."""
        try:
            answer = await self._file(path, scope)
        except HTTPException as error:
            is_missing = error.status_code == HTTPStatus.NOT_FOUND
            if not is_missing or not _is_page(path, Request(scope)):
                raise
            path = "index.html"
            answer = await self._file(path, scope)
        is_asset = PurePosixPath(path).parts[:1] == ("assets",)
        answer.headers["Cache-Control"] = _FOREVER if is_asset else _ASK_AGAIN
        return answer

    async def _file(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            # Starlette answers with the folder's own `404.html`, which is made for servers that
            # know no pages but files.
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return answer


def _is_page(path: str, request: Request) -> bool:
    """Whether a browser asks for something that may be a page of the interface."""
    parts = PurePosixPath(path).parts
    is_ours = bool(parts) and parts[0] in _OURS
    return wants_page(request) and not is_ours and not PurePosixPath(path).suffix


def interface(folder: Path | None, pages: Pages, sessions: Sessions) -> list[BaseRoute]:
    """The routes that come after all others."""
    if folder is not None:
        return [Mount("/", Built(directory=folder, html=True, follow_symlink=False))]

    async def home(request: Request) -> Response:
        return pages.home(sessions.visitor(request))

    return [Route("/", home)]
