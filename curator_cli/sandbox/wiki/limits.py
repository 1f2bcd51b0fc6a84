"""Rate limits, counted by the hit for each user."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki.errors import rate_limited

Limits = Mapping[str, Mapping[str, tuple[int, int]]]
_NEWBIE: Limits = {
    # Capture userinfo-newbie.
    "edit": {"user": (90, 60), "ip": (8, 60), "newbie": (8, 60)},
    "move": {"user": (8, 60), "newbie": (2, 120)},
    "upload": {"user": (380, 4320), "ip": (8, 60), "newbie": (8, 60)},
    "rollback": {"user": (10, 60), "newbie": (5, 120)},
    "purge": {"user": (30, 60), "ip": (30, 60)},
    "linkpurge": {"user": (30, 60), "ip": (30, 60)},
}


class RateLimits:
    """Who may do what how often; `clock` gives seconds and never runs backwards.

    What each request costs is in capture rate-budget-per-action. A hit that is refused does not
    count (MediaWiki increases a counter only where all limits of the action allow it), but a
    publish that is refused for its edit has already used up its upload.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hits: dict[tuple[int, str, str], deque[float]] = defaultdict(deque)
        self._overrides: dict[int, Limits] = {}
        twice = (2 * per_minute, 60)
        self._usual: Limits = {
            "edit": {"user": twice},
            "move": {"user": (8, 60)},
            "upload": {"user": (per_minute, 60)},
            "rollback": {"user": (10, 60)},
            "purge": {"user": twice},
            "linkpurge": {"user": twice},
        }

    def of(self, user: Account, *, theoretical: bool = False) -> Limits:
        """The limits that hold for `user`; none for those who are exempt."""
        if user.is_exempt_from_limits and not theoretical:
            return {}
        return self._overrides.get(user.id) or (_NEWBIE if user.is_newbie else self._usual)

    def override(self, user: Account, limits: Limits) -> None:
        """Gives a user other limits for some actions, from now on."""
        self._overrides[user.id] = {**self.of(user, theoretical=True), **limits}

    def hit(self, user: Account, action: str) -> None:
        """Counts one `action`; raises `ratelimited` where one of its limits is used up."""
        windows = [
            (self._recent(user, action, group, seconds), most)
            for group, (most, seconds) in self.of(user).get(action, {}).items()
        ]
        if any(len(hits) >= most for hits, most in windows):
            raise rate_limited()
        for hits, _ in windows:
            hits.append(self._clock())

    def forget(self) -> None:
        """Gives everybody their whole budget back."""
        self._hits.clear()

    def as_json(self, user: Account, *, theoretical: bool = False) -> dict[str, Any]:
        """As `uiprop=ratelimits` shows them."""
        return {
            action: {
                group: {"hits": most, "seconds": seconds}
                for group, (most, seconds) in groups.items()
            }
            for action, groups in self.of(user, theoretical=theoretical).items()
        }

    def _recent(self, user: Account, action: str, group: str, seconds: int) -> deque[float]:
        hits = self._hits[(user.id, action, group)]
        while hits and hits[0] <= self._clock() - seconds:
            hits.popleft()
        return hits
