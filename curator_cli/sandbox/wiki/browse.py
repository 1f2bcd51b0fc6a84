"""The wiki as a browser sees it: file pages, their pictures, and a list of all files."""

import asyncio
import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from PIL import Image
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.templating import Jinja2Templates

from curator_cli.sandbox.wiki.oauth_pages import OAuthPages
from curator_cli.sandbox.wiki.pages import Page
from curator_cli.sandbox.wiki.state import Wiki
from curator_cli.sandbox.wiki.statement_view import statement_rows
from curator_cli.sandbox.wiki.titles import Title, file_title, parse_title

_OAUTH = "Special:OAuth/"
_LARGEST_THUMBNAIL = 1_024
_NEWEST_SHOWN = 60


class BrowsablePages:
    """Answers `/wiki/…`, `/w/index.php` and `/w/images/…`, and the sandbox's home page."""

    def __init__(self, wiki: Wiki, oauth: OAuthPages, templates: Jinja2Templates) -> None:
        self._wiki = wiki
        self._oauth = oauth
        self._templates = templates

    async def index(self, request: Request) -> Response:
        """`/w/index.php`: the handshake, a page by `title`, or one by `curid`."""
        query = request.query_params
        name = query.get("title", "").replace("_", " ")
        if name.startswith(_OAUTH):
            return await self._oauth(request, name.removeprefix(_OAUTH))
        if query.get("curid", "").isdigit():
            page = self._wiki.page_by_id(int(query["curid"]))
            return RedirectResponse(self._wiki.addresses.page(page.title)) if page else _missing()
        return self._shown(request, name)

    async def article(self, request: Request) -> Response:
        """`/wiki/<title>`."""
        name = request.path_params["title"].replace("_", " ")
        if name.startswith(_OAUTH):
            return self._oauth.short_form()
        return self._shown(request, name)

    async def home(self, request: Request) -> Response:
        """What this is, and what has been uploaded lately."""
        settings = self._wiki.settings
        sequences = [
            {
                "name": sequence.name,
                "id": sequence.id,
                "count": len(sequence.photographs),
                "megabytes": sum(one.file.size for one in sequence.photographs) / 1e6,
                "about": sequence.about,
                "covers": [one.id for one in sequence.photographs if one.width > 256][:8],
            }
            for sequence in settings.sequences
        ]
        return self._page(
            request,
            "home.html",
            files=self._newest(),
            total=len(self._wiki.files()),
            accounts=settings.accounts,
            sequences=sequences,
            wiki=self._wiki,
        )

    async def picture(self, request: Request) -> Response:
        """`/w/images/a/ab/Name.jpg`: the file's bytes, streamed from disk."""
        page = self._file_called(request.path_params["name"])
        if page is None or page.file is None:
            return _missing()
        return FileResponse(page.file.blob.path, media_type=page.file.blob.mime)

    async def thumbnail(self, request: Request) -> Response:
        """`/w/images/thumb/a/ab/Name.jpg/320px.jpg`: made when first asked for, kept in memory."""
        page = self._file_called(request.path_params["name"])
        width = request.path_params["width"].partition("px")[0]
        if page is None or page.file is None or not width.isdigit():
            return _missing()
        pixels = max(16, min(int(width), _LARGEST_THUMBNAIL))
        made = await asyncio.to_thread(_thumbnail, page.file.blob.path, pixels)
        if not made:
            return _missing()
        return Response(made, media_type="image/jpeg", headers={"Cache-Control": "max-age=60"})

    def _file_called(self, name: str) -> Page | None:
        title = file_title(unquote(name))
        return self._wiki.page(title) if title else None

    def _newest(self) -> Sequence[Page]:
        files = [page for page in self._wiki.files() if page.file]
        files.sort(key=lambda page: (page.versions[-1].timestamp, page.id), reverse=True)
        return files[:_NEWEST_SHOWN]

    def _shown(self, request: Request, name: str) -> Response:
        if name in ("Special:ListFiles", "Special:NewFiles"):
            return self._page(request, "list.html", files=self._wiki.files()[::-1], wiki=self._wiki)
        if name in ("", "Main Page"):
            return RedirectResponse("/")
        title = parse_title(name)
        if title is None:
            return PlainTextResponse("Bad title.", 400)
        page = self._wiki.page(title)
        if page is None:
            return self._page(request, "missing.html", status=404, title=title)
        context = self._file_context(page) if page.file else {}
        template = "file.html" if page.file else "page.html"
        return self._page(request, template, page=page, wiki=self._wiki, **context)

    def _file_context(self, page: Page) -> dict[str, Any]:
        entity = page.latest.entity
        return {
            "file": page.file,
            "captions": entity.labels if entity else {},
            "statements": statement_rows(entity) if entity else [],
            "neighbours": self._neighbours(page.title),
        }

    def _neighbours(self, title: Title) -> list[Page]:
        files = self._wiki.files()
        here = next(number for number, page in enumerate(files) if page.title == title)
        return [*files[max(0, here - 1) : here], *files[here + 1 : here + 2]]

    def _page(
        self, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> Response:
        return self._templates.TemplateResponse(request, template, context, status_code=status)


@lru_cache(maxsize=2_000)
def _thumbnail(path: Path, width: int) -> bytes:
    """Returns a small JPEG of the picture at `path`, or nothing where it cannot be read."""
    try:
        with Image.open(path) as picture:
            picture.draft("RGB", (width, width))
            small = picture.convert("RGB")
            small.thumbnail((width, width * 4))
    except (OSError, ValueError, SyntaxError):
        return b""
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _missing() -> Response:
    return PlainTextResponse("There is no such file.", 404)
