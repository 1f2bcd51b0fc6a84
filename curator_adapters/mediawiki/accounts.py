"""What the wiki says of the session's own account."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from curator_adapters.mediawiki.api import Api, Shape
from curator_core.domain.pace import Limit, Limits

USER_INFO = {"uiprop": "ratelimits|rights"}
"""What `UserInfo` needs of `meta=userinfo`."""


def _object(thing: object) -> object:
    # PHP writes an empty array for an empty object.
    return {} if thing == [] else thing


class _Rate(Shape):
    hits: int
    seconds: int


class UserInfo(Shape):
    """The part of `meta=userinfo` that says what the user may, and how often."""

    rights: tuple[str, ...]
    ratelimits: Annotated[dict[str, dict[str, _Rate]], BeforeValidator(_object)]

    @property
    def limits(self) -> Limits:
        if "noratelimit" in self.rights or not self.ratelimits:
            return Limits(exempt=True)
        return Limits(
            limits=tuple(
                Limit(action=action, group=group, hits=rate.hits, seconds=rate.seconds)
                for action, groups in self.ratelimits.items()
                for group, rate in groups.items()
            )
        )


class _Query(Shape):
    userinfo: UserInfo


class _Answer(Shape):
    query: _Query


class MediaWikiAccounts:
    """`Accounts` by `meta=userinfo`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def limits(self) -> Limits:
        asked = {"action": "query", "meta": "userinfo", **USER_INFO}
        return self._api.read(_Answer, asked).query.userinfo.limits
