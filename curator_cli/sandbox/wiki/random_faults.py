"""Faults by chance: the same seed gives the same ones to the same sequence of calls."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.errors import Json
from curator_cli.sandbox.wiki.passages import Fault

_CHUNK, _PUBLISH, _WRITES = "upload:chunk", "upload:publish", ("edit", "wbeditentity")
_ANY: tuple[str, ...] = ()


def _error(code: str, info: str, **headers: str) -> Fault:
    answer: Json = {"error": {"code": code, "info": info}}
    return Fault(answer=answer, headers={name.replace("_", "-"): headers[name] for name in headers})


_THROTTLED = "You've exceeded your rate limit. Please wait some time and try again."
_OAUTH = "The authorization headers in your request are not valid: Nonce already used: 1"
_TROUBLE = 'An unknown error occurred in storage backend "local-swift-eqiad".'
_KINDS: dict[str, tuple[str, tuple[str, ...], Fault]] = {
    # When, which calls (none named: all), what.
    "5xx": ("before", _ANY, Fault(status=502)),
    "5xx-after": ("after", _ANY, Fault(status=504)),
    "odd": ("before", _ANY, Fault(status=403)),
    "odd-after": ("after", _ANY, Fault(status=404)),
    "cut": ("after", _ANY, Fault(is_cut=True)),
    "nonce": ("before", _ANY, _error("mwoauth-invalid-authorization", _OAUTH)),
    "busy": ("before", _ANY, Fault(status=503, headers={"Retry-After": "1"})),
    "maxlag": (
        "before",
        (_CHUNK, _PUBLISH, *_WRITES),
        _error("maxlag", "Waiting for a database server: 7.5 seconds lagged.", Retry_After="1"),
    ),
    "badtoken": (
        "before",
        (_CHUNK, _PUBLISH, *_WRITES),
        _error("badtoken", "Invalid CSRF token."),
    ),
    "readonly": (
        "before",
        (_CHUNK, _PUBLISH, *_WRITES),
        _error("readonly", "The wiki is currently in read-only mode."),
    ),
    "ratelimited": ("before", (_PUBLISH, "edit"), _error("ratelimited", _THROTTLED)),
    "storage": (
        "before",
        (_CHUNK, _PUBLISH),
        _error("internal_api_error_DBQueryError", "Caught exception of type DBQueryError"),
    ),
    "storage-after": ("after", (_CHUNK, _PUBLISH), _error("backend-fail-internal", _TROUBLE)),
    "stash": (
        "before",
        (_CHUNK,),
        _error("uploadstash-exception", "Could not store upload in the stash."),
    ),
    "conflict": (
        "before",
        (_PUBLISH,),
        _error("lockmanager-fail-conflict", "Could not acquire lock. Somebody else is at it."),
    ),
    "save": ("after", ("wbeditentity",), _error("failed-save", "The save has failed.")),
}
NAMES = tuple(_KINDS)


class RandomFaults:
    """Strikes each call with probability `rate`, half of it before and half after its effect.

    `kinds` are some of `NAMES`; none named: all. `fired` counts what happened.
    """

    def __init__(self, seed: int, rate: float, kinds: Sequence[str] = ()) -> None:
        unknown = set(kinds) - set(NAMES)
        if unknown or not 0 <= rate <= 1:
            raise ValueError(f"rate lies between 0 and 1; kinds are {', '.join(NAMES)}")
        self._chance = random.Random(seed)
        self._rate = rate
        self._kinds = tuple(kinds) or NAMES
        self.fired: Counter[str] = Counter()

    def strike(self, call: Call, when: Literal["before", "after"]) -> Fault | None:
        """What happens to this call now, if anything does."""
        # Both are drawn each time, so that what one call meets does not move the next one's.
        roll, pick = self._chance.random(), self._chance.random()
        fitting = [
            name
            for name in self._kinds
            if _KINDS[name][0] == when and (not _KINDS[name][1] or call.kind in _KINDS[name][1])
        ]
        if roll >= self._rate / 2 or not fitting:
            return None
        name = fitting[int(pick * len(fitting))]
        self.fired[name] += 1
        return _KINDS[name][2]
