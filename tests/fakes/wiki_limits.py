"""The budgets of a wiki's users."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from curator_core.domain.pace import ALTERNATIVES_EXCLUDE, Limit, Limits


class FakeBudgets:
    """Counts hits in sliding windows; a refused hit counts for nothing."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._hits: dict[tuple[str, str], list[datetime]] = defaultdict(list)

    def spend(self, user: str, action: str, limits: Limits) -> bool:
        """Uses up one hit; False where the user has none left."""
        now, hits = self._now(), self._hits[user, action]
        for limit in _binding(action, limits):
            since = now - timedelta(seconds=limit.seconds)
            if sum(hit > since for hit in hits) >= limit.hits:
                return False
        hits.append(now)
        return True


def _binding(action: str, limits: Limits) -> list[Limit]:
    ours = [limit for limit in limits.limits if limit.action == action]
    binding = [limit for limit in ours if limit.group in ALTERNATIVES_EXCLUDE]
    groups = [limit for limit in ours if limit.group not in ALTERNATIVES_EXCLUDE]
    if groups:
        binding.append(max(groups, key=lambda limit: limit.per_second))
    return [] if limits.exempt else binding
