"""The few pages that the server itself makes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from curator_web.visitor import Visitor


def _prose(text: str) -> Markup:
    """What stands between backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


class Pages:
    """Renders the templates beside this file."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("curator_web"), autoescape=True, undefined=StrictUndefined
        )
        self._templates.filters["prose"] = _prose

    def home(self, visitor: Visitor | None) -> HTMLResponse:
        """What Curator is, and who you are to it."""
        return self._page("home.html", visitor=visitor)

    def message(self, title: str, sentences: Sequence[str], *, status: int) -> HTMLResponse:
        """A heading and some sentences, with a way back."""
        return self._page("message.html", status=status, title=title, sentences=sentences)

    def render(self, name: str, **context: object) -> str:
        """A template's text."""
        return self._templates.get_template(name).render(context)

    def _page(self, name: str, *, status: int = 200, **context: object) -> HTMLResponse:
        return HTMLResponse(self.render(name, **context), status_code=status)
