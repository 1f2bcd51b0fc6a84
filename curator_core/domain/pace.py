"""A user's limits, and the pace that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

ALTERNATIVES_EXCLUDE = frozenset({"newbie", "ip", "subnet"})
"""Limits that apply beside the groups' own, each for itself (SPEC §4, measured)."""

UPLOAD_COST = {"upload": 1, "edit": 2, "purge": 1, "linkpurge": 1}
"""What one upload costs of each limit (SPEC §4, measured on MediaWiki 1.43; capture
`rate-budget-per-action`): publishing 1 upload and 1 edit, statements 1 edit, the refresh 1
purge and 1 linkpurge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `hits` in `seconds`, for the named group of users."""

    action: str
    group: str
    hits: int
    seconds: int

    @property
    def per_second(self) -> float:
        """Hits per second."""
        return self.hits / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the wiki allows one user: exempt, or bound by `limits`."""

    exempt: bool = False
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How far apart two uploads of one user are; an interval of zero means no limit."""

    interval: timedelta

    @classmethod
    def unlimited(cls) -> Pace:
        """The pace of a user whom the wiki does not limit."""
        return cls(interval=timedelta(0))

    @classmethod
    def of(cls, hits: int, seconds: float) -> Pace:
        """`hits` in every `seconds`."""
        return cls(interval=timedelta(seconds=seconds / max(hits, 1)))

    def slower_by(self, share: float) -> Pace:
        """The same with so much more time between two uploads: 0.02 is 2 % more."""
        return Pace(interval=self.interval * (1 + share))

    def differs_from(self, other: Pace) -> bool:
        """Whether the two are more than a twentieth apart."""
        longer, shorter = max(self.interval, other.interval), min(self.interval, other.interval)
        return longer - shorter > longer / 20


def pace_of(limits: Limits) -> Pace:
    """The fastest pace that breaks none of `limits`.

    Groups of one action are alternatives: the most permissive counts. `newbie`, `ip` and
    `subnet` apply as well, each on its own. A limit is divided by what an upload costs of it,
    but never below one hit.
    """
    if limits.exempt or not limits.limits:
        return Pace.unlimited()
    slowest = Pace.unlimited()
    for action, cost in UPLOAD_COST.items():
        ours = [limit for limit in limits.limits if limit.action == action]
        groups = [limit for limit in ours if limit.group not in ALTERNATIVES_EXCLUDE]
        binding = [limit for limit in ours if limit.group in ALTERNATIVES_EXCLUDE]
        if groups:
            binding.append(max(groups, key=lambda limit: limit.per_second))
        for limit in binding:
            pace = Pace.of(max(limit.hits // cost, 1), limit.seconds)
            slowest = max(slowest, pace, key=lambda each: each.interval)
    return slowest
