"""The exceptions of the core.

    CuratorError
    ├── IllegalStep          an entity was asked for a change that its state does not allow
    ├── LeaseLost            somebody else may be working on this upload now: change nothing more
    ├── Interrupted          this process is to end: another one goes on from the checkpoint
    ├── LockHeld, LockLost   a lock is somebody else's
    ├── TokenUnreadable      no configured key decrypts a stored token
    ├── ServiceDown          a service of our own (database, Redis, queue) does not answer
    ├── Misconfigured        our own configuration cannot be used
    └── Faulted              something outside answered with, or ended in, a `Fault`

Expected endings are values, not exceptions; sentences for people are made at the edge.
"""

from __future__ import annotations

from curator_core.domain.fault import Fault


class CuratorError(Exception):
    """Anything that the core raises on purpose."""


class IllegalStep(CuratorError):
    """An entity was asked for a change that its state does not allow."""


class LeaseLost(CuratorError):
    """The lease ran out or was taken over; what this attempt still holds in memory is void."""


class Interrupted(CuratorError):
    """This process is to end; what is stored is enough for another one to go on from."""


class LockHeld(CuratorError):
    """Somebody else holds the lock."""


class LockLost(CuratorError):
    """The lock ran out and may be somebody else's by now."""


class TokenUnreadable(CuratorError):
    """No configured key decrypts this token."""


class ServiceDown(CuratorError):
    """A service of our own does not answer; `service` names it in words an operator knows."""

    def __init__(self, service: str, detail: str) -> None:
        super().__init__(f"{service}: {detail}")
        self.service = service
        self.detail = detail


class Misconfigured(CuratorError):
    """Our own configuration cannot be used; `sentences` tells everything that is wrong with it."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class Faulted(CuratorError):
    """Carries a `Fault` from the adapter that saw it to the retry table that decides."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.kind}: {fault.detail}")
        self.fault = fault
