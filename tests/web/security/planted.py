"""Curator with a prevention taken out, to see what it prevents."""

from typing import Any

from starlette.applications import Starlette

from curator_core.domain.user import AccessToken
from curator_core.ports.login import RequestToken
from tests.fakes.login import FakeLogin
from tests.web.house import WebHouse


def without(web: Starlette, prevention: Any) -> Starlette:
    """The same application, which has answered nobody yet, without this middleware."""
    before = len(web.user_middleware)
    web.user_middleware = [each for each in web.user_middleware if each.cls is not prevention]
    assert len(web.user_middleware) == before - 1
    return web


class CarelessLogin(FakeLogin):
    """Takes the answer to any login for the end of this one."""

    def finish(self, request_token: RequestToken, query: str) -> AccessToken:
        token = self.of_query(query)
        assert token is not None
        return super().finish(token, query)


class CarelessHouse(WebHouse):
    """Where nobody compares the token that comes back with the one that was kept."""

    def _ports(self) -> Any:
        self.login = CarelessLogin(self.wiki)
        return super()._ports()
