"""The OAuth 1.0a handshake, by mwoauth."""

from __future__ import annotations

from urllib.parse import parse_qs

import jwt
from mwoauth import AccessToken as MwAccessToken
from mwoauth import ConsumerToken, OAuthException
from mwoauth import RequestToken as MwRequestToken
from pydantic import ValidationError

from curator_adapters.mediawiki.address import WikiAddress
from curator_adapters.mediawiki.answers import unreachable
from curator_adapters.mediawiki.api import Shape
from curator_adapters.mediawiki.authentication import Consumer
from curator_adapters.mediawiki.handshake_http import HandshakeHttp, mwoauth_over
from curator_adapters.mediawiki.session import Timeouts
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import UserId
from curator_core.domain.user import AccessToken, Identity, User
from curator_core.ports.login import LoginStarted, RequestToken
from curator_core.ports.meter import Meter, Unmetered

_CLOCKS_DIFFER = (jwt.ImmatureSignatureError, jwt.ExpiredSignatureError)
_LOGIN_TIMEOUTS = Timeouts(read=20)
"""A person waits for the answer."""
_UNMETERED = Unmetered()


class _Claims(Shape):
    # A number on some wikis, text on others; never a name (SPEC §11).
    sub: int | str
    username: str
    rights: frozenset[str] = frozenset()
    editcount: int = 0
    blocked: bool = False


class MediaWikiLogin:
    """`Login` at the wiki with the script path `base_url`."""

    def __init__(
        self,
        base_url: str,
        consumer: Consumer,
        user_agent: str,
        *,
        timeouts: Timeouts = _LOGIN_TIMEOUTS,
        meter: Meter = _UNMETERED,
    ) -> None:
        self._address = WikiAddress(base_url)
        self._consumer = ConsumerToken(consumer.key, consumer.secret)
        self._user_agent = user_agent
        self._mwoauth = mwoauth_over(HandshakeHttp(self._address, timeouts, meter))

    def start(self, callback: str) -> LoginStarted:
        try:
            address, token = self._mwoauth.initiate(
                self._address.index, self._consumer, callback, user_agent=self._user_agent
            )
        except OAuthException:
            raise self._no_answer() from None
        return LoginStarted(
            address=address, request_token=RequestToken(key=token.key, secret=token.secret)
        )

    def finish(self, request_token: RequestToken, query: str) -> AccessToken:
        said = parse_qs(query)
        if said.get("oauth_token") != [request_token.key] or "oauth_verifier" not in said:
            info = "The answer that came back from the wiki does not belong to this login."
            raise Faulted(Fault(kind=FaultKind.REFUSED, info=info))
        token = MwRequestToken(request_token.key, request_token.secret)
        try:
            granted = self._mwoauth.complete(
                self._address.index, self._consumer, token, query, user_agent=self._user_agent
            )
        except (OAuthException, TypeError):
            # mwoauth 0.4 stumbles over an answer without tokens.
            raise self._no_answer() from None
        return AccessToken(key=granted.key, secret=granted.secret)

    def identify(self, token: AccessToken) -> Identity:
        try:
            claims = _Claims.model_validate(
                self._mwoauth.identify(
                    self._address.index,
                    self._consumer,
                    MwAccessToken(token.key, token.secret),
                    user_agent=self._user_agent,
                )
            )
        except OAuthException as error:
            raise self._not_proven(error) from None
        except (ValidationError, KeyError):
            raise self._no_answer() from None
        return Identity(
            user=User(id=UserId(str(claims.sub)), username=claims.username),
            rights=claims.rights,
            edit_count=claims.editcount,
            blocked=claims.blocked,
        )

    def _not_proven(self, error: OAuthException) -> Faulted:
        """The identity's own checks: whose it is, when it was made, for which request."""
        if str(error).startswith("Unexpected issuer"):
            info = (
                f"The wiki goes by another name than {self._address}: "
                "configure the address that it gives itself."
            )
            return Faulted(Fault(kind=FaultKind.MISCONFIGURED, code="issuer", info=info))
        if isinstance(error.__context__, _CLOCKS_DIFFER):
            info = f"The clocks of this machine and of the wiki at {self._address} differ."
            return Faulted(Fault(kind=FaultKind.MISCONFIGURED, code="clock", info=info))
        return self._no_answer()

    def _no_answer(self) -> Faulted:
        sentence = f"The wiki at {self._address} did not answer as its OAuth extension does."
        return Faulted(unreachable(self._address, sentence))
