"""Login, health and the pages, as the contract's table of paths has them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.conformance.endpoints import ENDPOINTS
from tests.conformance.rows import walks
from tests.conformance.running import (
    API_KEY,
    CONTRIBUTOR,
    EXEMPT,
    NEWCOMER,
    Curator,
    a_web,
    embedded,
)
from tests.conformance.shapes import Broken, sentence
from tests.conformance.visitor import Journal, Visitor
from tests.services import free_port


def _detail(text: str) -> str:
    detail: str = json.loads(text)["detail"]
    sentence(detail, "detail")
    return detail


@walks("GET /auth/login", "GET /auth/callback", "GET /auth/whoami", "GET /auth/logout")
def test_a_contributor_logs_in_is_known_and_logs_out(curator: Curator) -> None:
    visitor = curator.visitor()
    anonymous = visitor.get("/auth/whoami")
    assert anonymous.status_code == 401
    _detail(anonymous.text)

    begun = visitor.get("/auth/login")
    assert begun.status_code == 302
    assert begun.headers["Location"].startswith(curator.sandbox_url)

    ended = visitor.log_in(CONTRIBUTOR)
    assert [each.status_code for each in ended.history][-1] == 302
    assert ended.history[-1].headers["Location"] == "/"
    known = visitor.get("/auth/whoami")
    body = ENDPOINTS["GET /auth/whoami"].body
    assert body is not None
    body(known.json(), "whoami")
    assert (known.json()["username"], known.json()["authorized"]) == (CONTRIBUTOR, False)

    gone = visitor.get("/auth/logout")
    assert (gone.status_code, gone.headers["Location"]) == (302, "/")
    assert visitor.get("/auth/whoami").status_code == 401


def test_an_administrator_is_authorized(curator: Curator, administrator: Visitor) -> None:
    assert administrator.get("/auth/whoami").json()["authorized"] is True


@pytest.mark.parametrize(
    "query",
    ["", "?oauth_token=a", "?oauth_verifier=b", "?oauth_token=a&oauth_verifier=b", "?oauth_token="],
)
def test_a_callback_without_a_request_token_or_parameters_is_a_bad_request(
    curator: Curator, query: str
) -> None:
    assert curator.visitor().get(f"/auth/callback{query}").status_code == 400


def test_a_newcomer_is_refused_with_a_page(curator: Curator) -> None:
    visitor = curator.visitor()
    ended = visitor.log_in(NEWCOMER)
    assert ended.status_code == 403
    assert "autoconfirmed" in ended.text
    assert visitor.get("/auth/whoami").status_code == 401


@walks("POST /auth/register")
def test_a_machine_logs_in_by_its_key(curator: Curator) -> None:
    machine = curator.visitor()
    assert machine.post("/auth/register").status_code == 400
    for wrong in ("wrong", API_KEY[:-1], API_KEY + "x", "ключ".encode()):
        assert machine.post("/auth/register", headers={"X-API-KEY": wrong}).status_code in (
            400,
            401,
        )
        assert machine.get("/auth/whoami").status_code == 401
    answer = machine.post("/auth/register", headers={"X-API-KEY": API_KEY})
    assert answer.status_code == 200
    body = ENDPOINTS["POST /auth/register"].body
    assert body is not None
    body(answer.json(), "register")
    assert answer.json()["username"] == EXEMPT
    assert machine.get("/auth/whoami").json()["username"] == EXEMPT
    with machine.connected() as socket:
        assert socket.lives()


def test_without_the_wiki_and_a_key_login_is_refused_readably(tmp_path: Path) -> None:
    nowhere = embedded(tmp_path, free_port())
    with a_web(tmp_path / "web", nowhere) as address:
        visitor = Visitor(address, Journal())
        page = visitor.get("/auth/login")
        assert page.status_code == 502
        assert page.headers["Content-Type"].startswith("text/html")
        register = visitor.post("/auth/register", headers={"X-API-KEY": "any"})
        assert register.status_code == 500
        _detail(register.text)


@walks("GET /healthz", "GET /readyz", "GET /metrics", "GET /")
def test_health_and_figures_and_the_interface_are_for_everybody(curator: Curator) -> None:
    visitor = curator.visitor()
    for path in ("/healthz", "/readyz"):
        assert visitor.get(path).status_code == 200, path
    page = visitor.get("/")
    assert (page.status_code, page.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    figures = visitor.get("/metrics")
    assert figures.status_code == 200
    assert figures.headers["Content-Type"].startswith("text/plain")
    names = re.findall(r"^# TYPE (\S+) \w+$", figures.text, re.MULTILINE)
    assert names


@walks("GET /assets/…")
def test_what_the_interface_consists_of_is_served_and_nothing_else(curator: Curator) -> None:
    visitor = curator.visitor()
    page = visitor.get("/").text
    for asset in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page):
        assert visitor.get(asset).status_code == 200, asset
    for path in (
        "/assets/nonesuch.js",
        "/assets/..%2f..%2fpyproject.toml",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/",
    ):
        answer = visitor.get(path)
        assert answer.status_code in (400, 404), path
        assert "root:" not in answer.text
        assert "[project]" not in answer.text


def test_the_pages_policy_lets_the_existing_frontend_work(curator: Curator) -> None:
    policy = {}
    headers = curator.visitor().get("/").headers
    for directive in headers["Content-Security-Policy"].split(";"):
        name, *values = directive.split()
        policy[name] = values
    for host in (
        "https://commons.wikimedia.org",
        "https://www.wikidata.org",
        "https://wikidata-reconciliation.wmcloud.org",
        "https://tiles.openfreemap.org",
        "'self'",
    ):
        assert host in policy["connect-src"]
    assert "https:" in policy["img-src"]
    assert "'unsafe-inline'" in policy["style-src"]
    assert "blob:" in policy["worker-src"]


def test_paths_that_are_not_there_are_not_found_in_a_sentence(curator: Curator) -> None:
    visitor = curator.visitor()
    for path in ("/api/nonesuch", "/api/admin/nonesuch", "/auth/nonesuch"):
        answer = visitor.get(path)
        assert answer.status_code in (401, 404), path
        _detail(answer.text)


def test_without_a_session_the_websocket_is_refused_before_the_upgrade(curator: Curator) -> None:
    for more in ({}, {"additional_headers": {"Cookie": "curator_session=forged"}}):
        with (
            pytest.raises(InvalidStatus) as refused,
            curator.visitor().connected(**more),
        ):
            pass
        assert refused.value.response.status_code == 403


def test_the_websocket_checks_where_a_browser_comes_from(
    curator: Curator, contributor: Visitor
) -> None:
    with contributor.connected(origin=None) as no_browser:
        assert no_browser.lives()
    for foreign in ("https://evil.example", "null", curator.web_url + ".evil.example"):
        with (
            pytest.raises(InvalidStatus) as refused,
            contributor.connected(origin=Origin(foreign)),
        ):
            pass
        assert refused.value.response.status_code == 403


def test_requests_that_change_something_check_where_a_browser_comes_from(
    curator: Curator, administrator: Visitor
) -> None:
    path, body = "/api/admin/retry", {"upload_ids": [1_999_999_999]}
    for origin, refused in (
        (curator.web_url, False),
        ("https://evil.example", True),
        ("null", True),
    ):
        answer = administrator.post(path, body, headers={"Origin": origin})
        assert (answer.status_code == 403) is refused, origin
    assert administrator.post(path, body).status_code != 403


def test_a_sentence_is_told_from_what_is_none() -> None:
    sentence("There is no such batch.", "here")
    for none in ("", "nothing", "Traceback (most recent call last):.", "KeyError: 'x'."):
        with pytest.raises(Broken):
            sentence(none, "here")
