"""The handshake with a fake wiki."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from curator_core.domain.fault import FaultKind
from curator_core.domain.user import AccessToken, Identity, User
from curator_core.ports.login import LoginStarted, RequestToken
from tests.fakes.wiki_records import FakeAccount
from tests.fakes.wiki_state import FakeWiki, fault


@dataclass(slots=True)
class _Handshake:
    token: RequestToken
    callback: str
    verifier: str = ""
    account: FakeAccount | None = None


class FakeLogin:
    """`allow` plays the visitor who says yes."""

    def __init__(self, wiki: FakeWiki) -> None:
        self._wiki = wiki
        self._open: dict[str, _Handshake] = {}

    def start(self, callback: str) -> LoginStarted:
        with self._wiki.request(None, "start"):
            name = self._wiki.new_name()
            token = RequestToken(key=f"request-{name}", secret=f"secret-{name}")
            self._open[token.key] = _Handshake(token, callback)
            query = urlencode({"oauth_token": token.key})
            return LoginStarted(
                address=f"https://wiki.test/w/authenticate?{query}", request_token=token
            )

    def allow(self, address: str, account: FakeAccount) -> str:
        """Where the visitor's browser goes after saying yes at `address`."""
        handshake = self._open[parse_qs(urlsplit(address).query)["oauth_token"][0]]
        handshake.account, handshake.verifier = account, self._wiki.new_name()
        query = {"oauth_verifier": handshake.verifier, "oauth_token": handshake.token.key}
        joint = "&" if "?" in handshake.callback else "?"
        return f"{handshake.callback}{joint}{urlencode(query)}"

    def of_query(self, query: str) -> RequestToken | None:
        """The token of the login, begun and not ended, that a browser came back from."""
        handshake = self._open.get(parse_qs(query).get("oauth_token", [""])[0])
        return None if handshake is None else handshake.token

    def finish(self, request_token: RequestToken, query: str) -> AccessToken:
        said = parse_qs(query)
        if said.get("oauth_token") != [request_token.key] or "oauth_verifier" not in said:
            raise fault(FaultKind.REFUSED, "", "This answer belongs to another login.")
        with self._wiki.request(None, "finish"):
            handshake = self._open.get(request_token.key)
            if (
                handshake is None
                or handshake.account is None
                or handshake.token != request_token
                or said["oauth_verifier"] != [handshake.verifier]
            ):
                raise fault(FaultKind.REFUSED, "mwoauth-oauth-exception", "No such login.")
            del self._open[request_token.key]
            return self._wiki.grant(handshake.account)

    def identify(self, token: AccessToken) -> Identity:
        with self._wiki.request(token, "identify"):
            account = self._wiki.holder(token)
            return Identity(
                user=User(id=account.user_id, username=account.name),
                rights=account.rights,
                edit_count=account.edit_count,
                blocked=account.blocked,
            )
