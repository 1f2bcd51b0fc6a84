"""Headers that a request smuggles in, and what an answer tells browsers."""

from dataclasses import replace

import pytest

from curator_web.operations import OPERATIONS, Operation
from curator_web.security import SecurityHeaders
from tests.web.house import CONFIG, WebHouse, path_of, serving
from tests.web.security.planted import without
from tests.web.security.test_limits import said_to

NEVER = "injected"


@pytest.mark.parametrize(
    "path",
    [
        "/auth/login?next=%0d%0aSet-Cookie:%20injected=1",
        "/auth/callback?oauth_token=%0d%0ainjected:%201&oauth_verifier=%0d%0ainjected",
        "/auth/logout?x=%0d%0ainjected:%201",
        "/%0d%0ainjected:%201",
        "/assets/%0d%0aSet-Cookie:%20injected=1",
        "/%0d%0a%0d%0a<script>injected</script>",
        "//injected.example/%2f..",
        "/\\injected.example",
    ],
)
def test_nothing_of_an_address_becomes_a_header(house: WebHouse, path: str) -> None:
    with serving(house.web) as (port, _):
        request = f"GET {path} HTTP/1.1\r\nHost: testserver\r\nConnection: close\r\n\r\n"
        came = said_to(port, request.encode())
    headers, _, body = came.partition(b"\r\n\r\n")
    lines = headers.decode().lower().split("\r\n")
    assert not any(line.startswith(NEVER) for line in lines)
    assert not any(line.startswith("set-cookie") and NEVER in line for line in lines)
    assert not any(line.startswith("location") and NEVER in line for line in lines)
    assert b"<script>" not in body


def test_a_users_name_becomes_no_header(house: WebHouse) -> None:
    house.wiki.add_account("Eve\r\ninjected: 1")
    eve = house.visitor("Eve\r\ninjected: 1")
    for path in ("/", "/auth/whoami", "/auth/logout"):
        assert NEVER not in eve.get(path).headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "testserver:99999999", "testserver@evil.example", "evil.example/x?", "", "["],
)
def test_the_way_back_that_the_operator_registered_does_not_follow_the_host(host: str) -> None:
    house = WebHouse(replace(CONFIG, callback="oob"))
    to_wiki = house.visitor().get("/auth/login", headers={"Host": host}).headers["location"]
    assert to_wiki.startswith("https://wiki.test/")
    back = house.login.allow(to_wiki, house.wiki.accounts["Ada"])
    assert back.startswith("oob")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:1", "a b", "[", "x\ty"])
def test_no_answer_repeats_a_host_that_is_not_ours(house: WebHouse, host: str) -> None:
    for path in ("/", "/nowhere", "/auth/logout", "/auth/whoami", "/openapi.json"):
        answer = house.visitor().get(path, headers={"Host": host})
        assert answer.status_code < 500
        assert "evil.example" not in answer.text + str(answer.headers)


def test_a_handshake_of_another_host_is_none_of_ours(house: WebHouse) -> None:
    ada = house.visitor()
    there = ada.get("/auth/login", headers={"Host": "evil.example"}).headers["location"]
    back = house.login.allow(there, house.wiki.accounts["Ada"])
    # Where the way back follows the host, as for the sandbox, nobody but the one whose browser
    # sent that host can end the login: the handshake is theirs.
    assert back.startswith("http://evil.example/")
    assert house.visitor().get(path_of(back)).status_code == 400


PROTECTIONS = {
    "content-security-policy": "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cache-control": "no-store",
}


def test_without_the_middleware_nothing_is_told_to_browsers(house: WebHouse) -> None:
    without(house.web, SecurityHeaders)
    headers = house.visitor().get("/auth/whoami").headers
    assert not set(PROTECTIONS) & set(headers)


@pytest.mark.parametrize(
    "operation",
    [each for each in OPERATIONS if each.tag != "documents"],
    ids=lambda each: each.name,
)
def test_every_answer_protects_itself(house: WebHouse, operation: Operation) -> None:
    path = operation.path.replace("{id}", "1")
    for name in (None, "Ada", "Grace"):
        headers = house.visitor(name).request(operation.method, path).headers
        for header, value in PROTECTIONS.items():
            assert value in headers[header], (header, path)
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


def test_pages_run_no_script_of_their_own(house: WebHouse) -> None:
    answer = house.visitor("Ada").get("/")
    policy = answer.headers["content-security-policy"]
    assert "'unsafe-eval'" not in policy
    assert "script-src" not in policy or "'unsafe-inline'" not in policy.split("script-src")[1]
    assert "default-src 'self'" in policy
