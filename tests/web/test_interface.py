"""The web interface: an existing one from its folder, or the plain page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.house import CONFIG, WebHouse

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "built"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!DOCTYPE html><title>An interface</title>")
    (built / "favicon.ico").write_bytes(b"icon")
    (built / "assets" / "index-4f3a2b1c.js").write_text("start()")
    (tmp_path / "secret.txt").write_text("nobody's business")
    (built / "assets" / "away.txt").symlink_to(tmp_path / "secret.txt")
    return built


@pytest.fixture
def client(folder: Path) -> TestClient:
    house = WebHouse(replace(CONFIG, frontend=folder))
    return house.visitor()


def test_without_one_there_is_a_plain_page_that_leads_on(house: WebHouse) -> None:
    page = house.visitor().get("/", headers=BROWSER)
    assert page.status_code == 200
    for path in ("/auth/login", "/docs/api", "/docs/messages", "/openapi.json", "/asyncapi.json"):
        assert f'href="{path}"' in page.text
    assert "Log out" not in page.text
    logged_in = house.visitor("Ada").get("/", headers=BROWSER)
    assert "Ada" in logged_in.text
    assert logged_in.headers["cache-control"] == "no-store"


def test_assets_are_kept_for_good_and_pages_asked_for_again(client: TestClient) -> None:
    asset = client.get("/assets/index-4f3a2b1c.js")
    assert asset.text == "start()"
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in ("/", "/index.html", "/favicon.ico"):
        assert client.get(path).headers["cache-control"] == "no-cache", path


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"
    assert client.head("/").headers["content-length"] == str(len(first.content))


@pytest.mark.parametrize("path", ["/batches", "/batches/17", "/admin/users", "/a%20b"])
def test_a_page_of_the_interface_finds_its_way_by_itself(client: TestClient, path: str) -> None:
    page = client.get(path, headers=BROWSER)
    assert page.status_code == 200
    assert "An interface" in page.text
    assert page.headers["cache-control"] == "no-cache"
    # A program gets no page for what is not there.
    assert client.get(path, headers={"Accept": "application/json"}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/api/nothing", "/auth/nothing", "/docs/nothing", "/assets/nothing", "/assets/gone.js"),
        *("/metrics/x", "/healthz/x", "/nothing.js", "/batches/photo.jpg"),
    ],
)
def test_nothing_else_is_a_page(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert "An interface" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/..\\secret.txt",
        "/%5c..%5csecret.txt",
        "/assets/away.txt",
        "/assets/%00",
        "/index.html%00.js",
        "/" + "a" * 5000,
    ],
)
def test_nobody_gets_out_of_the_folder(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404, answer.status_code
    assert "nobody" not in answer.text


def test_only_what_reads_is_answered(client: TestClient) -> None:
    assert client.post("/").status_code == 405
    assert client.delete("/favicon.ico").status_code == 405


def test_the_contract_goes_before_the_folder(client: TestClient, folder: Path) -> None:
    (folder / "healthz").write_text("mine")
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/openapi.json").json()["openapi"].startswith("3.1")


def test_a_page_for_what_is_not_found_hides_no_page_and_is_not_kept(
    folder: Path, client: TestClient
) -> None:
    (folder / "404.html").write_text("made for another server")
    page = client.get("/batches/5", headers=BROWSER)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
    assert "An interface" in page.text
    away = client.get("/assets/index-0a0b0c0d.js", headers=BROWSER)
    assert away.status_code == 404
    assert "immutable" not in away.headers.get("cache-control", "")
