"""A wiki, as one logged-in user meets it: a session and the roles it plays."""

from __future__ import annotations

from typing import Protocol

from curator_core.domain.ids import UserId
from curator_core.domain.user import AccessToken
from curator_core.ports.accounts import Accounts
from curator_core.ports.files import Files
from curator_core.ports.pages import Pages
from curator_core.ports.publisher import Publisher
from curator_core.ports.stash import Stash
from curator_core.ports.statements import Statements
from curator_core.ports.titles import Titles


class Wiki(Protocol):
    """One user's session, for any number of threads. Every call is one request (where its
    docstring says no more) and raises `Faulted`; none repeats anything by itself.

    Writes need a token of the session: `Files.look` brings it along, and a write that has none
    (at the start, and after `BAD_TOKEN`) fetches it first by a request of its own.
    """

    @property
    def accounts(self) -> Accounts: ...

    @property
    def titles(self) -> Titles: ...

    @property
    def files(self) -> Files: ...

    @property
    def stash(self) -> Stash: ...

    @property
    def publisher(self) -> Publisher: ...

    @property
    def statements(self) -> Statements: ...

    @property
    def pages(self) -> Pages: ...


class Wikis(Protocol):
    """Opens sessions."""

    def session(self, user_id: UserId, token: AccessToken) -> Wiki:
        """The session of this user with this token; asks the wiki nothing yet.

        Sessions are kept and reused for the same user and token, and never shared between
        users: cookies of one in another's request make the wiki refuse or mix up both.
        """
        ...
