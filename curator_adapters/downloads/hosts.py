"""Which hosts may be asked, and at which of their addresses: the guard against being sent into
our own network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind

Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host for a port, as text; raises `OSError` where there are none."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-: not global, but older
# Pythons do not know it.
_NOT_GLOBAL_EITHER = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "64:ff9b:1::/48", "3fff::/20", "5f00::/16"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One address to ask: `host` in ASCII, `ips` are those it was checked to have."""

    url: str
    scheme: str
    host: str
    port: int
    ips: tuple[str, ...]

    @property
    def host_header(self) -> str:
        """What the `Host` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Lets addresses through. `allowed` are the operator's hosts, `host`, `*.host` or
    `host:port`: they alone may lie in a private network."""

    allowed: frozenset[str]
    resolve: Resolve

    def check(self, url: str, hosts: frozenset[str]) -> Target:
        """`url` as it may be asked. Raises `Faulted`, `ADDRESS_FORBIDDEN` or, where the name
        has no address now, `SOURCE_TROUBLE`."""
        scheme, host, port = _parts(url)
        by_operator = any(_covers(pattern, host, port) for pattern in self.allowed)
        if not by_operator and not any(_covers(pattern, host, port) for pattern in hosts):
            raise _forbidden(f"{host!r} is not a host of this source.")
        try:
            ips = tuple(dict.fromkeys(self.resolve(host, port)))
        except (OSError, UnicodeError):
            ips = ()
        if not ips:
            raise Faulted(
                Fault(
                    kind=FaultKind.SOURCE_TROUBLE, code="dns", info=f"{host!r} has no address now."
                )
            )
        # One private address among public ones is a trap or a mistake: none is asked.
        if not by_operator and not all(is_public(ip) for ip in ips):
            raise _forbidden(f"{host!r} lies in a private network.")
        return Target(url=url, scheme=scheme, host=host, port=port, ips=ips)


def system_resolver(host: str, port: int) -> Sequence[str]:
    """What this machine's resolver says, IPv4 first: not every network carries IPv6."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    return [str(entry[4][0]) for entry in found]


def is_public(ip: str) -> bool:
    """Whether `ip` is an address of the public internet, and holds no other in disguise."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(str(inner))
        if address.is_site_local:
            return False
    # `is_global` alone lets multicast through.
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or any(address in network for network in _NOT_GLOBAL_EITHER)
    )


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _parts(url: str) -> tuple[str, str, int]:
    # Programs differ in how they read these; nobody needs them.
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise _forbidden("the address holds a space, a backslash or a control character.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _ascii(parts.hostname or "")
    except ValueError:
        raise _forbidden("the address cannot be read.") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise _forbidden("only http and https addresses are downloaded.")
    if "@" in parts.netloc:
        raise _forbidden("the address holds a user name or a password.")
    if not host or "%" in host or port == 0:
        raise _forbidden("the address names no host.")
    return parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme]


def _ascii(host: str) -> str:
    host = host.rstrip(".").lower()
    return host if host.isascii() else host.encode("idna").decode()


def _covers(pattern: str, host: str, port: int) -> bool:
    name, colon, wanted_port = pattern.strip().lower().rpartition(":")
    if colon and wanted_port.isdecimal() and not _is_ip(pattern):
        if int(wanted_port) != port:
            return False
    else:
        name = pattern.strip().lower()
    name = name.strip("[]").rstrip(".")
    if name.startswith("*."):
        return host.endswith(name[1:]) and not _is_ip(host)
    return host == name


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _forbidden(info: str) -> Faulted:
    return Faulted(Fault(kind=FaultKind.ADDRESS_FORBIDDEN, info=info))
