"""Another site's page, with the visitor's cookies."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse

from curator_web.operations import OPERATIONS
from curator_web.origin import REFUSAL, OriginCheck
from tests.web.house import CONFIG, WebHouse
from tests.web.security.planted import without
from tests.web.speaking import a_batch
from tests.web.watching import a_batch as some_uploads

OURS = "http://testserver"

FOREIGN = [
    "https://evil.example",
    "null",
    "",
    "*",
    "http://sub.testserver",
    "http://testserver.evil.example",
    "http://eviltestserver",
    "http://testserver:81",
    "https://testserver:80",
    "http://testserver@evil.example",
    "http://evil.example@testserver",
    "http://evil.example#@testserver",
    "http://testserver/",
    "http://testserver/..//evil.example",
    "http://testserver\\.evil.example",
    "http://[testserver]",
    "testserver",
    "//testserver",
    "ws://testserver",
    "file://testserver",
    "http://testserver:80:80",
    "http://testserver http://evil.example",
    "http://testserver, http://evil.example",
]

CHANGING = [(each.method, each.path) for each in OPERATIONS if each.method != "GET"]


def cancelling(house: WebHouse) -> dict[str, Any]:
    _, uploads = some_uploads(house, 1)
    return {"url": "/api/admin/upload_requests/bulk-cancel", "json": {"ids": uploads}}


def test_without_the_check_another_sites_page_acts_in_a_visitors_name(house: WebHouse) -> None:
    without(house.web, OriginCheck)
    evil = {"Origin": "https://evil.example"}
    answer = house.visitor("Grace").post(**cancelling(house), headers=evil)
    assert answer.json() == {"cancelled_count": 1}
    with connecting(house.visitor("Ada"), evil) as socket:
        assert a_batch(socket)


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_sites_page_changes_nothing(house: WebHouse, origin: str) -> None:
    asked, grace = cancelling(house), house.visitor("Grace")
    answer = grace.post(**asked, headers={"Origin": origin})
    assert (answer.status_code, answer.json()) == (403, {"detail": REFUSAL})
    assert grace.post(**asked, headers={"Origin": OURS}).json() == {"cancelled_count": 1}


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_sites_page_gets_no_connection(house: WebHouse, origin: str) -> None:
    ada = house.visitor("Ada")
    with pytest.raises(WebSocketDenialResponse) as refused, connecting(ada, {"Origin": origin}):
        pass
    assert (refused.value.status_code, refused.value.json()) == (403, {"detail": REFUSAL})
    with connecting(ada, {"Origin": OURS}) as socket:
        assert a_batch(socket)


@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_no_path_that_changes_something_is_left_out(
    house: WebHouse, method: str, path: str
) -> None:
    evil = {"Origin": "https://evil.example"}
    answer = house.visitor("Grace").request(method, path.replace("{id}", "1"), headers=evil)
    assert (answer.status_code, answer.json()) == (403, {"detail": REFUSAL})


def test_a_method_that_nobody_knows_is_no_way_around(house: WebHouse) -> None:
    evil = {"Origin": "https://evil.example"}
    assert house.visitor("Grace").request("BREW", "/", headers=evil).status_code == 403


def test_two_origins_or_two_hosts_are_none_of_ours(house: WebHouse) -> None:
    asked, grace = cancelling(house), house.visitor("Grace")
    for headers in (
        [("Origin", OURS), ("Origin", "https://evil.example")],
        [("Origin", "https://evil.example"), ("Host", "evil.example"), ("Host", "testserver")],
        [("Origin", "https://evil.example"), ("Host", "testserver"), ("Host", "evil.example")],
    ):
        assert grace.post(**asked, headers=headers).status_code == 403


def test_what_a_proxy_might_be_told_of_the_host_is_not_believed(house: WebHouse) -> None:
    headers = {
        "Origin": "https://evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Original-Host": "evil.example",
        "Forwarded": "host=evil.example",
    }
    assert house.visitor("Grace").post(**cancelling(house), headers=headers).status_code == 403


def test_only_the_origins_that_the_operator_names_are_let_through(house: WebHouse) -> None:
    allowed = frozenset({"https://Front.example/", "http://localhost:5173"})
    web = house.a_web(replace(CONFIG, allowed_origins=allowed))
    grace = TestClient(web, cookies=dict(house.visitor("Grace").cookies))
    asked = cancelling(house)
    for origin in (
        "http://front.example",
        "https://front.example:8443",
        "https://front.example.evil.example",
        "https://sub.front.example",
        "http://localhost",
        "http://localhost:5174",
    ):
        assert grace.post(**asked, headers={"Origin": origin}).status_code == 403
    for origin in ("https://front.example", "http://localhost:5173"):
        assert grace.post(**asked, headers={"Origin": origin}).status_code == 200


def test_a_port_of_our_own_is_part_of_our_origin(house: WebHouse) -> None:
    asked = cancelling(house)
    grace = house.visitor(base_url="http://testserver:8000")
    grace.cookies.update(house.visitor("Grace").cookies)
    assert grace.post(**asked, headers={"Origin": "http://testserver"}).status_code == 403
    assert grace.post(**asked, headers={"Origin": "http://testserver:8001"}).status_code == 403
    assert grace.post(**asked, headers={"Origin": "http://testserver:8000"}).status_code == 200


@contextmanager
def connecting(client: TestClient, headers: dict[str, str]) -> Iterator[Any]:
    with client, client.websocket_connect("/ws", headers=headers) as socket:
        yield socket
