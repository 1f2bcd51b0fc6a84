"""Rate limits, counted by the hit for each user."""

import math
import time
from collections import Counter, defaultdict
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
_BUCKETS = 30


class RateLimits:
    """Who may do what how often; `clock` gives seconds, positive and never running backwards.

    Hits are counted as MediaWiki has done since 1.39 (by its `WRStatsRateLimiter`, with which
    test_limits compares): a window moves along with the time, in 30 buckets, and the hits of the
    bucket that it has left in part count in part. (Before 1.39 a window began with its first hit
    and ended all at once.) What each request costs is in capture rate-budget-per-action. A hit
    that is refused does not count (MediaWiki increases a counter only where all limits of the
    action allow it), but a publish that is refused for its edit has already used up its upload.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hits: dict[tuple[int, str, str, int], Counter[int]] = defaultdict(Counter)
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
            (self._hits[(user.id, action, group, seconds)], seconds / _BUCKETS, most)
            for group, (most, seconds) in self.of(user).get(action, {}).items()
        ]
        now = self._clock()
        if any(_recent(hits, step, now) + 1 > most for hits, step, most in windows):
            raise rate_limited()
        for hits, step, _ in windows:
            hits[int(now / step)] += 1

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


def _recent(hits: Counter[int], step: float, now: float) -> int:
    """How many hits count that were made since 30 steps ago, by the number of their step."""
    begin = now - _BUCKETS * step
    first = int(begin / step)
    for left in [bucket for bucket in hits if bucket < first]:
        del hits[left]
    part = (first + 1) * step - begin
    total = hits.total() - hits[first] + hits[first] * part / step
    # PHP rounds a half up, Python to the even number.
    return math.floor(total + 0.5)
