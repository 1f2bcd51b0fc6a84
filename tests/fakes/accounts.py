"""Limits as a fake wiki tells them."""

from __future__ import annotations

from curator_core.domain.pace import Limits
from curator_core.domain.user import AccessToken
from tests.fakes.wiki_state import FakeWiki


class FakeAccounts:
    """The limits of the token's account."""

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def limits(self) -> Limits:
        with self._wiki.request(self._token, "limits") as name:
            return self._wiki.accounts[name].limits
