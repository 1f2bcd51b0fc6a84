"""The signature of an OAuth 1.0a request, as RFC 5849 defines it."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

Pairs = list[tuple[str, str]]


def escape(text: str) -> str:
    """Percent-encodes as section 3.6 wants it: only unreserved characters stay."""
    return quote(text, safe="~")


def header_parameters(header: str) -> dict[str, str]:
    """Reads the parameters of an `Authorization: OAuth …` header; empty for any other header."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "oauth":
        return {}
    found: dict[str, str] = {}
    for part in rest.split(","):
        name, _, value = part.strip().partition("=")
        found[unquote(name)] = unquote(value.strip('"'))
    found.pop("realm", None)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """What goes into a signature.

    `parameters` are those of the query and, for a form that is not multipart, of the body;
    `address` is scheme, host, port where it is not the scheme's own, and path.
    """

    method: str
    address: str
    parameters: Pairs
    oauth: dict[str, str]

    def base_string(self) -> str:
        """The text that is signed (section 3.4.1)."""
        signed = [(name, value) for name, value in self.oauth.items() if name != "oauth_signature"]
        encoded = sorted((escape(name), escape(value)) for name, value in self._all(signed))
        joined = "&".join(f"{name}={value}" for name, value in encoded)
        return "&".join(escape(part) for part in (self.method.upper(), self.address, joined))

    def is_signed_with(self, consumer_secret: str, token_secret: str) -> bool:
        """Whether the request carries the right HMAC-SHA1 signature."""
        if self.oauth.get("oauth_signature_method") != "HMAC-SHA1":
            return False
        key = f"{escape(consumer_secret)}&{escape(token_secret)}".encode()
        digest = hmac.new(key, self.base_string().encode(), hashlib.sha1).digest()
        expected = base64.b64encode(digest).decode()
        return hmac.compare_digest(expected, self.oauth.get("oauth_signature", ""))

    def _all(self, signed: Iterable[tuple[str, str]]) -> Pairs:
        return [*self.parameters, *signed]
