"""Sums in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from curator_core.domain.errors import ServiceDown
from curator_core.ports.meter import Counted, Figure


class FakeMeter:
    """Tells at once; `down = True` makes it unreachable, and what is counted then comes later."""

    def __init__(self) -> None:
        self.down = False
        self._sums: Counter[tuple[Figure, frozenset[tuple[str, str]]]] = Counter()

    def count(self, figure: Figure, labels: Mapping[str, str] | None = None, by: int = 1) -> None:
        self._sums[figure, frozenset((labels or {}).items())] += by

    def counted(self) -> tuple[Counted, ...]:
        if self.down:
            raise ServiceDown("Redis", "the fake is down")
        return tuple(
            Counted(figure=figure, labels=dict(labels), count=count)
            for (figure, labels), count in self._sums.items()
        )

    def of(self, figure: Figure) -> dict[tuple[str, ...], int]:
        """What was counted of one figure, by the labels' values in the order of their names."""
        return {
            tuple(value for _, value in sorted(labels)): count
            for (each, labels), count in self._sums.items()
            if each is figure
        }
