"""All sources by the names that the contract calls their handlers."""

from __future__ import annotations

from collections.abc import Iterable

from curator_core.ports.sources import Source


class SourceRegistry:
    """The sources that this installation has; each stands under its own `name`."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._by_name: dict[str, Source] = {}
        for source in sources:
            if source.name in self._by_name:
                raise ValueError(f"two sources are called {source.name!r}")
            self._by_name[source.name] = source

    def named(self, handler: str) -> Source | None:
        return self._by_name.get(handler)
