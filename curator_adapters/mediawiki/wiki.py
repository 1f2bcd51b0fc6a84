"""The wiki, as one logged-in user meets it, and all their sessions."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from curator_adapters.mediawiki.accounts import MediaWikiAccounts
from curator_adapters.mediawiki.address import WikiAddress
from curator_adapters.mediawiki.api import Api
from curator_adapters.mediawiki.authentication import Authenticator
from curator_adapters.mediawiki.files import MediaWikiFiles
from curator_adapters.mediawiki.pages import MediaWikiPages
from curator_adapters.mediawiki.publisher import MediaWikiPublisher
from curator_adapters.mediawiki.session import Timeouts, UserSession
from curator_adapters.mediawiki.stash import MediaWikiStash
from curator_adapters.mediawiki.statements import WikibaseStatements
from curator_adapters.mediawiki.titles import MediaWikiTitles
from curator_adapters.mediawiki.wiki_facts import WikiFacts
from curator_core.domain.ids import UserId
from curator_core.domain.user import AccessToken
from curator_core.ports.meter import Meter, Unmetered

_DEFAULT_TIMEOUTS = Timeouts()
_UNMETERED = Unmetered()

BACKGROUND_FROM = 100_000_000
"""Files of so many bytes and more are assembled and published in the background (SPEC §2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaWiki:
    """`Wiki`: the roles of one user's session."""

    accounts: MediaWikiAccounts
    titles: MediaWikiTitles
    files: MediaWikiFiles
    stash: MediaWikiStash
    publisher: MediaWikiPublisher
    statements: WikibaseStatements
    pages: MediaWikiPages

    @classmethod
    def over(
        cls, api: Api, facts: WikiFacts, site: str, background_from: int = BACKGROUND_FROM
    ) -> MediaWiki:
        """All roles over one API."""
        return cls(
            accounts=MediaWikiAccounts(api),
            titles=MediaWikiTitles(api),
            files=MediaWikiFiles(api, facts),
            stash=MediaWikiStash(api, background_from),
            publisher=MediaWikiPublisher(api, background_from),
            statements=WikibaseStatements(api, site),
            pages=MediaWikiPages(api),
        )


class MediaWikis:
    """`Wikis` for the wiki at `base_url` (its script path); `authenticator` is an OAuth `Consumer`
    or `BotPasswords`.

    Keeps the `keep` sessions that were used last; one that is dropped closes its connections
    once nobody uses it any more.
    """

    def __init__(
        self,
        base_url: str,
        authenticator: Authenticator,
        user_agent: str,
        *,
        site: str = "commonswiki",
        keep: int = 100,
        timeouts: Timeouts = _DEFAULT_TIMEOUTS,
        background_from: int = BACKGROUND_FROM,
        meter: Meter = _UNMETERED,
    ) -> None:
        self._address = WikiAddress(base_url)
        self._authenticator = authenticator
        self._user_agent = user_agent
        self._site = site
        self._keep = keep
        self._timeouts = timeouts
        self._background_from = background_from
        self._meter = meter
        self._facts = WikiFacts()
        self._sessions: OrderedDict[tuple[UserId, AccessToken], MediaWiki] = OrderedDict()
        self._lock = Lock()

    def session(self, user_id: UserId, token: AccessToken) -> MediaWiki:
        with self._lock:
            wiki = self._sessions.pop((user_id, token), None) or self._opened(token)
            self._sessions[user_id, token] = wiki
            if len(self._sessions) > self._keep:
                self._sessions.popitem(last=False)
            return wiki

    def _opened(self, token: AccessToken) -> MediaWiki:
        authentication = self._authenticator.prove(token)
        session = UserSession(authentication, self._user_agent, self._timeouts)
        return MediaWiki.over(
            Api(self._address, session, self._meter), self._facts, self._site, self._background_from
        )
