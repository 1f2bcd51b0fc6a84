"""What the web shell itself can be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from curator_core.domain.user import AccessToken

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "connect-src 'self' https://commons.wikimedia.org https://www.wikidata.org "
        "https://wikidata-reconciliation.wmcloud.org https://tiles.openfreemap.org",
        "img-src 'self' data: blob: https:",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        # Browsers that do not know `worker-src` go by this.
        "child-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Lets the existing frontend work unchanged (PROTOCOL.md, HTTP)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one visitor may ask for at once; sizes in bytes.

    `frame` is what a message may have, `wire` where the connection is cut instead of answered;
    `at_once` how many questions of a connection are worked on side by side, `waiting` how many
    more of each kind are taken in before the connection is read no further. A connection is read
    at `messages` a second, after a rest `messages_at_once`.
    """

    body: int = 1024 * 1024
    frame: int = 4 * 1024 * 1024
    wire: int = 8 * 1024 * 1024
    at_once: int = 4
    waiting: int = 8
    messages: float = 500
    messages_at_once: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often things happen around live updates; in seconds.

    `frame` lies at least between two updates of a connection, `lists` and `searches` between two
    looks at the newest batches, all of them or those that a text fits; `resync` is how often the
    database is read for a batch that is watched and unfinished, `poll` the same while nothing is
    announced; `listen` how long the listener waits before it looks whether it is to end.
    """

    frame: float = 0.05
    lists: float = 0.25
    searches: float = 1
    resync: float = 10
    poll: float = 2
    listen: float = 0.5
    reconnect_first: float = 0.25
    reconnect_last: float = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """The key by which machines log in, and the token of the account that they are then."""

    key: str = field(repr=False)
    token: AccessToken = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """`session_keys`: the first one protects new sessions, all of them open old ones.

    `callback` is where the wiki sends visitors after a login, by default our own address as the
    visitor sees it; `oob` leaves it to the wiki, which knows the consumer's registered one.
    Without `machines` no machine can log in. `frontend` is the folder of a web interface that was
    built, by default the plain page that comes with Curator. `recover_every` seconds lie between
    two tries to recover the queue at the start.
    """

    session_keys: tuple[str, ...] = field(repr=False)
    machines: Machines | None = None
    admins: frozenset[str] = frozenset()
    allowed_origins: frozenset[str] = frozenset()
    content_policy: str = CONTENT_POLICY
    frontend: Path | None = None
    callback: str | None = None
    limits: Limits = Limits()
    rhythm: Rhythm = Rhythm()
    recover_every: float = 5

    def __post_init__(self) -> None:
        if not self.session_keys or not all(self.session_keys):
            raise ValueError("sessions need a key")
