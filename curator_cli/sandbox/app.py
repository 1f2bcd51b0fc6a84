"""The sandbox as one ASGI application: every service it stands in for, mounted at its address."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.templating import Jinja2Templates

from curator_cli.sandbox.control import Control
from curator_cli.sandbox.mapillary.cdn import PhotographCdn
from curator_cli.sandbox.mapillary.graph import GraphApi
from curator_cli.sandbox.settings import SandboxSettings
from curator_cli.sandbox.wiki.api import ActionApi
from curator_cli.sandbox.wiki.browse import BrowsablePages
from curator_cli.sandbox.wiki.figures import Figures
from curator_cli.sandbox.wiki.modules import MODULES
from curator_cli.sandbox.wiki.oauth import OAuthAuthority
from curator_cli.sandbox.wiki.oauth_pages import OAuthPages
from curator_cli.sandbox.wiki.passages import Passages
from curator_cli.sandbox.wiki.state import Wiki

_HERE = Path(__file__).parent
_BOTH = ["GET", "POST"]


def create_sandbox(settings: SandboxSettings) -> Starlette:
    """Builds a sandbox with nothing uploaded yet.

    `settings.base_url` must be the address under which it will be reached: answers hold it.
    A later service is a folder of its own with a `routes()`, and one more line here.
    """
    wiki, authority = Wiki(settings), OAuthAuthority(settings)
    figures, passages = Figures(), Passages()
    templates = Jinja2Templates(_HERE / "templates")
    oauth = OAuthPages(wiki, authority, templates)
    pages = BrowsablePages(wiki, oauth, templates)
    api = ActionApi(wiki, authority, figures, passages, MODULES)
    graph = GraphApi(settings.sequences, f"{settings.base_url}/photographs")
    cdn = PhotographCdn(settings.sequences)
    control = Control(wiki, authority, figures, passages)
    return Starlette(
        routes=[
            Route("/", pages.home),
            Route("/style.css", _style),
            Route("/w/api.php", _endpoint(api), methods=_BOTH),
            Route("/w/index.php", pages.index, methods=_BOTH),
            Route("/w/images/thumb/{a}/{b}/{name}/{width}", pages.thumbnail),
            Route("/w/images/{a}/{b}/{name}", pages.picture),
            Route("/wiki/{title:path}", pages.article, methods=_BOTH),
            Mount("/mapillary", routes=graph.routes()),
            Mount("/photographs", routes=cdn.routes()),
            Mount("/sandbox", routes=control.routes()),
        ]
    )


def _endpoint(api: ActionApi) -> Callable[[Request], Awaitable[Response]]:
    # Starlette takes an object with `__call__` for an ASGI application, a function for a view.
    async def endpoint(request: Request) -> Response:
        return await api(request)

    return endpoint


async def _style(_request: Request) -> Response:
    return FileResponse(_HERE / "templates" / "style.css", media_type="text/css")
