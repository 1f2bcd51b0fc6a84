"""`POST /auth/register`: machines log in by a key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from curator_web.config import Machines
from tests.web.house import CONFIG, SECRETS, WebHouse

KEY = "a long key for machines – with a dash"


def with_key(key: str) -> dict[bytes, bytes]:
    return {b"X-API-KEY": key.encode()}


@pytest.fixture
def house() -> WebHouse:
    made = WebHouse()
    machines = Machines(key=KEY, token=made.grace_token)
    made.web = made.a_web(replace(CONFIG, machines=machines))
    return made


def test_who_has_the_key_is_the_service_account_from_then_on(house: WebHouse) -> None:
    machine = house.visitor()
    answer = machine.post("/auth/register", headers=with_key(KEY))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"message": "Logged in as Grace.", "username": "Grace"}
    assert machine.get("/auth/whoami").json()["userid"] == house.grace.id
    assert house.grace.id in house.database.committed.users


@pytest.mark.parametrize("key", ["wrong", KEY[:-1], KEY + "x", KEY.upper(), "ü", " "])
def test_who_has_another_key_is_nobody(house: WebHouse, key: str) -> None:
    machine = house.visitor()
    with capture_logs() as logs:
        answer = machine.post("/auth/register", headers=with_key(key))
    assert answer.status_code in (400, 401)
    assert "set-cookie" not in answer.headers
    assert machine.get("/auth/whoami").status_code == 401
    assert KEY not in str(logs)


def test_without_a_key_the_header_is_asked_for(house: WebHouse) -> None:
    answer = house.visitor().post("/auth/register")
    assert answer.status_code == 400
    assert "X-API-KEY" in answer.json()["detail"]


def test_where_nothing_is_configured_nobody_logs_in_so() -> None:
    answer = WebHouse().visitor().post("/auth/register", headers={"X-API-KEY": "x"})
    assert answer.status_code == 500
    assert answer.json()["detail"].endswith(".")


def test_a_wiki_that_is_away_or_revoked_the_token_is_told(house: WebHouse) -> None:
    house.wiki.down = True
    answer = house.visitor().post("/auth/register", headers=with_key(KEY))
    assert answer.status_code == 502
    assert not any(secret in answer.text for secret in SECRETS)


def test_another_sites_page_cannot_use_it(house: WebHouse) -> None:
    headers = with_key(KEY) | {b"Origin": b"https://evil.example"}
    assert house.visitor().post("/auth/register", headers=headers).status_code == 403


def test_neither_half_shows(house: WebHouse) -> None:
    assert KEY not in repr(house.config)
    assert KEY not in repr(Machines(key=KEY, token=house.grace_token))
