"""Nobody can send a download into our own network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from curator_adapters.downloads.downloader import Downloader
from curator_adapters.downloads.hosts import Guard, Resolve, is_public, system_resolver
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from tests.adapters.downloads.server import LOOPBACK, Answer, HttpServer, http_server

PUBLIC = "93.184.215.14"
NO_HOSTS: frozenset[str] = frozenset()
PICTURE = b"\xff\xd8\xff\xe0 a picture"

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "2002:7f00:1::",
    "2002:a00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::8.8.8.8",
    "2001:0:5db8:d70e:8000:0:80ff:fffe",
    "2001:db8::1",
    "fc00::1",
    "fd12:3456:789a::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "100::1",
]


def answering(*ips: str) -> Resolve:
    """A resolver that always says the same."""
    return lambda _host, _port: ips


def verdict(url: str, hosts: set[str], resolve: Resolve, allowed: set[str] | None = None) -> Fault:
    guard = Guard(allowed=frozenset(allowed or ()), resolve=resolve)
    with pytest.raises(Faulted) as caught:
        guard.check(url, frozenset(hosts))
    return caught.value.fault


@pytest.mark.parametrize("ip", PRIVATE)
def test_a_private_address_is_not_public_in_any_disguise(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize(
    "ip", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_an_address_of_the_internet_is_public(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize("ip", PRIVATE)
def test_a_sources_host_that_lies_in_a_private_network_is_not_asked(ip: str) -> None:
    fault = verdict("https://cdn.test/1.jpg", {"cdn.test"}, answering(ip))
    assert fault.kind is FaultKind.ADDRESS_FORBIDDEN


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    fault = verdict("https://cdn.test/1.jpg", {"cdn.test"}, answering(PUBLIC, "10.0.0.1"))
    assert fault.kind is FaultKind.ADDRESS_FORBIDDEN


def test_the_same_host_with_public_addresses_alone_is_asked() -> None:
    guard = Guard(allowed=NO_HOSTS, resolve=answering(PUBLIC, "8.8.8.8"))
    target = guard.check("https://cdn.test/1.jpg", frozenset({"cdn.test"}))
    assert target.ips == (PUBLIC, "8.8.8.8")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "127.1",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "2130706433",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:0:0:1]",
    ],
)
def test_loopback_is_known_however_it_is_written(host: str) -> None:
    names = {host, host.strip("[]")}
    fault = verdict(f"http://{host}/1.jpg", names, system_resolver)
    assert fault.kind is FaultKind.ADDRESS_FORBIDDEN
    # It is the network that is refused, not the spelling: the operator may allow it.
    Guard(allowed=frozenset(names), resolve=system_resolver).check(f"http://{host}/", NO_HOSTS)


@pytest.mark.parametrize(
    ("host", "pattern"),
    [
        ("cdn.test", "cdn.test"),
        ("CDN.Test.", "cdn.test"),
        ("scontent-ber1-1.xx.fbcdn.net", "*.fbcdn.net"),
        ("bücher.test", "xn--bcher-kva.test"),
    ],
)
def test_a_host_that_a_pattern_covers_is_asked(host: str, pattern: str) -> None:
    guard = Guard(allowed=NO_HOSTS, resolve=answering(PUBLIC))
    assert guard.check(f"https://{host}/1.jpg", frozenset({pattern})).ips == (PUBLIC,)


@pytest.mark.parametrize(
    ("host", "pattern"),
    [
        ("fbcdn.net", "*.fbcdn.net"),
        ("evilfbcdn.net", "*.fbcdn.net"),
        ("fbcdn.net.evil.test", "*.fbcdn.net"),
        ("sub.cdn.test", "cdn.test"),
        ("10.0.0.1", "*.0.0.1"),
        ("cdn.test", "cdn.test:8080"),
    ],
)
def test_a_host_that_no_pattern_covers_is_not_asked(host: str, pattern: str) -> None:
    fault = verdict(f"https://{host}/1.jpg", {pattern}, answering(PUBLIC))
    assert fault.kind is FaultKind.ADDRESS_FORBIDDEN
    fault = verdict(f"https://{host}/1.jpg", set(), answering(PUBLIC), allowed={pattern})
    assert fault.kind is FaultKind.ADDRESS_FORBIDDEN


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.test\\@evil.test/",
        "https://cdn.test /1",
        "https://cdn.test/\r\nHost: evil.test",
        "https://cdn.test:99999/1",
        "https://cdn.test:0/1",
        "https://@cdn.test/1",
        "https://[::1/1",
        "https://[fe80::1%25eth0]/1",
        "https:///1",
        "https://cdn.test\u2024evil.test/1",
        "gopher://cdn.test/1",
        "HTTPS:cdn.test",
    ],
)
def test_a_crooked_address_is_not_asked(url: str) -> None:
    fault = verdict(url, {"cdn.test", "evil.test", "::1", "fe80::1%25eth0"}, answering(PUBLIC))
    assert fault.kind is FaultKind.ADDRESS_FORBIDDEN


@pytest.mark.parametrize("pattern", ["[::1]", "::1", "[::1]:8080"])
def test_the_operator_can_name_an_ipv6_host(pattern: str) -> None:
    guard = Guard(allowed=frozenset({pattern}), resolve=system_resolver)
    assert guard.check("http://[::1]:8080/1", NO_HOSTS).host_header == "[::1]:8080"


def test_a_port_that_the_operator_did_not_name_stays_closed() -> None:
    fault = verdict("http://127.0.0.1:81/", set(), system_resolver, allowed={"127.0.0.1:80"})
    assert fault.kind is FaultKind.ADDRESS_FORBIDDEN


def unknown_to_dns(_host: str, _port: int) -> Sequence[str]:
    raise OSError("Name or service not known")


def test_a_name_without_an_address_may_have_one_later() -> None:
    fault = verdict("https://cdn.test/1", {"cdn.test"}, unknown_to_dns)
    assert fault.kind is FaultKind.SOURCE_TROUBLE


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with http_server() as running:
        running.answers["/picture"] = Answer(body=PICTURE)
        yield running


def a_downloader(folder: Path, *allowed: str, resolve: Resolve = system_resolver) -> Downloader:
    return Downloader(
        user_agent="Curator/test", allowed_hosts=allowed, temp_dir=folder, resolve=resolve
    )


def test_a_source_cannot_declare_its_way_to_loopback(server: HttpServer, tmp_path: Path) -> None:
    hosts = frozenset({LOOPBACK})
    with (
        pytest.raises(Faulted) as caught,
        a_downloader(tmp_path).fetch(server.address("/picture"), hosts, 99),
    ):
        pass
    assert caught.value.fault.kind is FaultKind.ADDRESS_FORBIDDEN
    assert server.requests == []
    # Without the guard's word it would have worked:
    with a_downloader(tmp_path, LOOPBACK).fetch(server.address("/picture"), hosts, 99) as file:
        assert file.path.read_bytes() == PICTURE


def in_turn(*answers: str) -> Callable[[str, int], Sequence[str]]:
    """A resolver that changes its mind at each question, as a rebinding attacker's does."""
    rest = iter(answers)
    return lambda _host, _port: [next(rest)]


def test_a_name_that_changes_after_the_check_still_leads_to_the_checked_address(
    server: HttpServer, tmp_path: Path
) -> None:
    resolve = in_turn(LOOPBACK, "127.0.0.2")
    downloader = a_downloader(tmp_path, "cdn.test", resolve=resolve)
    # The system knows no cdn.test: only the checked address can have been connected to.
    address = server.address("/picture", host="cdn.test")
    with downloader.fetch(address, NO_HOSTS, 99) as file:
        assert file.path.read_bytes() == PICTURE
    assert server.requests[0].headers["Host"] == f"cdn.test:{server.port}"
    # One question was asked, so the attacker's second answer is still there.
    assert resolve("cdn.test", 80) == ["127.0.0.2"]


def test_an_address_that_does_not_answer_makes_way_for_the_next(
    server: HttpServer, tmp_path: Path
) -> None:
    downloader = a_downloader(tmp_path, "cdn.test", resolve=answering("127.0.0.3", LOOPBACK))
    with downloader.fetch(server.address("/picture", host="cdn.test"), NO_HOSTS, 99) as file:
        assert file.path.read_bytes() == PICTURE


def test_a_picture_can_come_by_ipv6(tmp_path: Path) -> None:
    with http_server(host="::1") as server:
        server.answers["/picture"] = Answer(body=PICTURE)
        address = f"http://[::1]:{server.port}/picture"
        with a_downloader(tmp_path, "::1").fetch(address, NO_HOSTS, 99) as file:
            assert file.path.read_bytes() == PICTURE


def test_a_proxy_of_the_environment_is_not_used(
    server: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    with a_downloader(tmp_path, LOOPBACK).fetch(server.address("/picture"), NO_HOSTS, 99) as file:
        assert file.path.read_bytes() == PICTURE
