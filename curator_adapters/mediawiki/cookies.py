"""A cookie jar that two uploads of one user may use at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from requests.cookies import RequestsCookieJar


class SharedCookies(RequestsCookieJar):
    """Iterating sees a snapshot.

    Every request reads the jar, every answer may write to it. Python's jar locks its writing
    but not its iteration, which then ends in "dictionary changed size during iteration".
    """

    def __iter__(self) -> Iterator[Any]:
        with self._cookies_lock:  # type: ignore[attr-defined]  # typeshed leaves it out
            return iter(list(super().__iter__()))
