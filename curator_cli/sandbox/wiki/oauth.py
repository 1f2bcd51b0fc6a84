"""Who may act for whom: consumers, tokens and the checks on a signed request."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import jwt

from curator_cli.sandbox.settings import Account, SandboxSettings
from curator_cli.sandbox.wiki.signature import SignedRequest

_CLOCK_TOLERANCE = 300
_REQUEST_TOKEN_LIFE = 600
_IDENTITY_LIFE = 100
_GRANTS = ("basic", "editpage", "createeditmovepage", "uploadfile", "uploadeditmovefile")


class OAuthRefusal(Exception):
    """A request that OAuth does not let through; `reason` is MediaWiki's wording.

    `key` is the message's name, which the handshake answers with (`mwoauth-oauth-exception` for
    what the protocol itself forbids).
    """

    def __init__(self, reason: str, key: str = "mwoauth-oauth-exception") -> None:
        super().__init__(reason)
        self.reason = reason
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A user's permission for the consumer; `secret` signs, `key` names it."""

    key: str
    secret: str
    account: Account


@dataclass(slots=True, kw_only=True)
class RequestToken:
    """A login on its way; `verifier` and `account` are set once the user said yes."""

    key: str
    secret: str
    callback: str
    made: float
    verifier: str = ""
    account: Account | None = None


class OAuthAuthority:
    """Issues tokens and checks signatures for the one consumer that the settings name.

    `clock` is the Unix time in seconds.
    """

    def __init__(self, settings: SandboxSettings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock
        self._requests: dict[str, RequestToken] = {}
        self._access: dict[str, AccessToken] = {}
        self._nonces: dict[tuple[str, str], float] = {}
        self._session_secret = secrets.token_bytes(16)

    # The handshake

    def initiate(self, request: SignedRequest) -> RequestToken:
        """Opens a login; the callback is `oob` or an address."""
        self._check(request, token_secret="")
        callback = request.oauth.get("oauth_callback", "")
        if not callback:
            raise OAuthRefusal(
                'oauth_callback must be set, and must be set to "oob" (case-sensitive), or the '
                "configured callback must be a prefix of the supplied callback.",
                "mwoauth-callback-not-oob-or-prefix",
            )
        token = RequestToken(
            key=secrets.token_hex(16),
            secret=secrets.token_hex(20),
            callback=callback,
            made=self._clock(),
        )
        self._requests[token.key] = token
        return token

    def pending(self, key: str) -> RequestToken:
        """Returns a login that was opened and is not used up."""
        token = self._requests.get(key)
        if token is None or token.made + _REQUEST_TOKEN_LIFE < self._clock():
            raise OAuthRefusal(
                "No request token was found for that key.",
                "mwoauthdatastore-request-token-not-found",
            )
        return token

    def allow(self, key: str, account: Account) -> str:
        """The user said yes; returns where the browser goes next, or `""` for `oob`."""
        token = self.pending(key)
        token.verifier, token.account = secrets.token_hex(16), account
        if token.callback == "oob":
            return ""
        parts = urlsplit(token.callback)
        query = parse_qsl(parts.query, keep_blank_values=True)
        query += [("oauth_verifier", token.verifier), ("oauth_token", token.key)]
        return urlunsplit(parts._replace(query=urlencode(query)))

    def exchange(self, request: SignedRequest) -> AccessToken:
        """Turns a login that the user allowed into an access token; works once."""
        token = self.pending(request.oauth.get("oauth_token", ""))
        self._check(request, token.secret)
        verifier = request.oauth.get("oauth_verifier", "")
        if token.account is None or not hmac.compare_digest(verifier, token.verifier):
            raise OAuthRefusal(
                "The verification code is invalid.", "mwoauth-bad-request-invalid-verifier"
            )
        del self._requests[token.key]
        return self.grant(token.account)

    def grant(self, account: Account) -> AccessToken:
        """Gives the consumer a new access token for `account`."""
        token = AccessToken(
            key=secrets.token_hex(16), secret=secrets.token_hex(20), account=account
        )
        self._access[token.key] = token
        return token

    def revoke(self, account: Account) -> int:
        """Takes back everything that was granted for `account`; returns how many tokens."""
        mine = [key for key, token in self._access.items() if token.account.id == account.id]
        for key in mine:
            del self._access[key]
        return len(mine)

    # Signed requests

    def authenticate(self, request: SignedRequest) -> AccessToken:
        """Returns the token that signed `request`, or raises what is wrong with it.

        The order is the extension's: version, consumer, token, timestamp, nonce, signature
        (captures oauth-*).
        """
        self._check_version(request)
        self._check_consumer(request)
        token = self._access.get(request.oauth.get("oauth_token", ""))
        if token is None:
            raise OAuthRefusal(
                "No approved grant was found for that authorization token.",
                "mwoauthdatastore-access-token-not-found",
            )
        self._check(request, token.secret)
        return token

    def identity(self, token: AccessToken, nonce: str, *, is_blocked: bool) -> str:
        """The signed statement about a user that `Special:OAuth/identify` gives (a JWT)."""
        account, issued = token.account, int(self._clock())
        claims = {
            "iss": self._settings.base_url,
            "sub": str(account.id),
            "aud": self._settings.consumer_key,
            "exp": issued + _IDENTITY_LIFE,
            "iat": issued,
            "username": account.name,
            "editcount": account.edit_count,
            "confirmed_email": True,
            "blocked": is_blocked,
            "registered": account.registered,
            "groups": list(account.groups),
            "rights": list(account.rights),
            "grants": list(_GRANTS),
            "nonce": nonce,
        }
        return jwt.encode(claims, self._settings.consumer_secret, algorithm="HS256")

    # CSRF tokens

    def csrf_token(self, token: AccessToken | None, salt: int) -> str:
        """A token for writes; anonymous users all share `+\\`."""
        if token is None:
            return "+\\"
        return self._csrf(token, f"{int(self._clock()):08x}", salt)

    def is_csrf_token(self, text: str, token: AccessToken | None, salt: int) -> bool:
        """Whether `text` was given to the holder of `token` under the present `salt`."""
        if token is None:
            return text == "+\\"
        return hmac.compare_digest(self._csrf(token, text[32:40], salt), text)

    def _csrf(self, token: AccessToken, moment: str, salt: int) -> str:
        message = f"{token.key}{moment}{salt}".encode()
        digest = hmac.new(self._session_secret, message, hashlib.md5).hexdigest()
        return f"{digest}{moment}+\\"

    # Checks

    def _check_version(self, request: SignedRequest) -> None:
        version = request.oauth.get("oauth_version", "1.0")
        if version != "1.0":
            raise OAuthRefusal(f"OAuth version '{version}' not supported")

    def _check_consumer(self, request: SignedRequest) -> None:
        if request.oauth.get("oauth_consumer_key") != self._settings.consumer_key:
            raise OAuthRefusal("Invalid consumer")

    def _check(self, request: SignedRequest, token_secret: str) -> None:
        self._check_version(request)
        self._check_consumer(request)
        self._check_timestamp(request.oauth.get("oauth_timestamp", ""))
        self._check_nonce(request)
        if not request.is_signed_with(self._settings.consumer_secret, token_secret):
            raise OAuthRefusal("Invalid signature")

    def _check_timestamp(self, timestamp: str) -> None:
        ours = int(self._clock())
        if not timestamp.isdigit():
            raise OAuthRefusal("Missing timestamp parameter. The parameter is required")
        if abs(ours - int(timestamp)) > _CLOCK_TOLERANCE:
            raise OAuthRefusal(f"Expired timestamp, yours {timestamp}, ours {ours}")

    def _check_nonce(self, request: SignedRequest) -> None:
        nonce = request.oauth.get("oauth_nonce", "")
        if not nonce:
            raise OAuthRefusal("Missing nonce parameter. The parameter is required")
        known = (request.oauth.get("oauth_token", ""), nonce)
        if known in self._nonces:
            raise OAuthRefusal(f"Nonce already used: {nonce}")
        self._nonces[known] = self._clock()
        if len(self._nonces) > 50_000:
            oldest = self._clock() - 2 * _CLOCK_TOLERANCE
            self._nonces = {key: seen for key, seen in self._nonces.items() if seen > oldest}
