"""Pages, errors, health and headers."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from curator_core.domain.breaker import BREAKERS
from curator_core.domain.fault import FaultKind
from curator_core.ports.login import LoginStarted
from curator_web.security import security_headers
from tests.fakes.login import FakeLogin
from tests.web.house import CONFIG, QUICK, WebHouse, until

BROWSER = {"Accept": "text/html"}


def test_the_start_says_what_curator_is_and_how_to_log_in(house: WebHouse) -> None:
    answer = house.visitor().get("/")
    assert answer.status_code == 200
    assert "Wikimedia Commons" in answer.text
    assert 'href="/auth/login"' in answer.text
    assert "/auth/logout" not in answer.text


def test_the_start_says_who_you_are(house: WebHouse) -> None:
    answer = house.visitor("Grace").get("/")
    assert "<b>Grace</b>" in answer.text
    assert "administrator" in answer.text
    assert 'href="/auth/logout"' in answer.text


def test_a_users_name_is_text_and_no_markup(house: WebHouse) -> None:
    house.wiki.add_account("<b onclick=x>Eve")
    page = house.visitor("<b onclick=x>Eve").get("/").text
    assert "&lt;b onclick=x&gt;Eve" in page
    assert "<b onclick" not in page


def test_every_answer_tells_browsers_what_is_allowed(house: WebHouse) -> None:
    visitor = house.visitor()
    for path in ("/", "/nowhere", "/auth/whoami"):
        headers = visitor.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        policy = headers["content-security-policy"]
        for allowed in (
            "https://commons.wikimedia.org",
            "https://www.wikidata.org",
            "https://wikidata-reconciliation.wmcloud.org",
            "https://tiles.openfreemap.org",
            "img-src 'self' data: blob: https:",
            "style-src 'self' 'unsafe-inline'",
            "worker-src 'self' blob:",
        ):
            assert allowed in policy


def test_the_operator_may_set_the_content_policy(house: WebHouse) -> None:
    web = house.a_web(replace(CONFIG, content_policy="default-src 'none'"))
    assert TestClient(web).get("/").headers["content-security-policy"] == "default-src 'none'"


def test_an_unknown_address_is_told_to_programs_and_people(house: WebHouse) -> None:
    visitor = house.visitor()
    to_program = visitor.get("/nowhere")
    assert to_program.status_code == 404
    assert to_program.json() == {"detail": "There is nothing at this address."}
    to_person = visitor.get("/nowhere", headers=BROWSER)
    assert to_person.status_code == 404
    assert "There is nothing at this address." in to_person.text
    assert to_person.headers["content-type"].startswith("text/html")


def test_a_method_that_an_address_does_not_take_is_refused(house: WebHouse) -> None:
    answer = house.visitor().post("/auth/whoami")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", ["/", "/healthz"])
def test_head_is_answered_as_get_without_a_body(house: WebHouse, path: str) -> None:
    answer = house.visitor().head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_a_mistake_of_ours_shows_neither_trace_nor_secret() -> None:
    class Broken(FakeLogin):
        def start(self, callback: str) -> LoginStarted:
            raise RuntimeError("a mistake beside secret-sauce")

    class BrokenHouse(WebHouse):
        def _ports(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
            return replace(super()._ports(), login=Broken(self.wiki))

    visitor = TestClient(BrokenHouse().web, raise_server_exceptions=False)
    answer = visitor.get("/auth/login")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.json()["detail"]
    assert "secret-sauce" not in answer.text
    assert "Traceback" not in answer.text
    # And is guarded like every other answer.
    for name, value in security_headers(CONFIG.content_policy).items():
        assert answer.headers[name] == value


def test_a_database_that_is_down_is_named_and_nothing_else(house: WebHouse) -> None:
    ada = house.visitor()
    to_wiki = ada.get("/auth/login")
    back = house.login.allow(to_wiki.headers["location"], house.wiki.accounts["Ada"])
    house.database.down = True
    answer = ada.get(back)
    assert answer.status_code == 503
    assert "database does not answer" in answer.json()["detail"]
    assert "the fake is down" not in answer.text


def test_a_process_lives_whatever_is_down(house: WebHouse) -> None:
    house.database.down = True
    assert house.visitor().get("/healthz").status_code == 200


def test_readiness_names_what_is_down() -> None:
    house = WebHouse(replace(CONFIG, rhythm=QUICK))
    with house.visitor() as visitor:
        until(lambda: visitor.get("/readyz").status_code == 200)
        house.database.down = True
        answer = visitor.get("/readyz")
        assert (answer.status_code, answer.json()["down"]) == (503, ["database"])

        house.progress.down = True
        house.progress.interrupt()
        until(lambda: visitor.get("/readyz").json()["down"] == ["database", "Redis"])

        house.database.down = house.progress.down = False
        until(lambda: visitor.get("/readyz").status_code == 200)


def a_gate_closed_by(house: WebHouse, kind: FaultKind) -> None:
    """As many uploads in a row as it takes meet this, in words that name a secret."""
    for number in range(BREAKERS[kind].strikes):
        upload_id = house.an_accepted_upload(f"100{number}")
        with house.database.begin() as work:
            work.gates.strike(kind, house.upload(upload_id), "as secret-sauce said")


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        (FaultKind.UNREACHABLE, 200, "The wiki could not be reached."),
        (FaultKind.READ_ONLY, 200, "The wiki is read-only at the moment."),
        (FaultKind.MISCONFIGURED, 503, "The wiki does not accept this server's credentials."),
    ],
)
def test_readiness_names_what_holds_everybody_up(kind: FaultKind, status: int, reason: str) -> None:
    house = WebHouse(replace(CONFIG, rhythm=QUICK))
    with house.visitor() as visitor:
        until(lambda: visitor.get("/readyz").status_code == 200)
        assert visitor.get("/readyz").json() == {"status": "ready"}

        a_gate_closed_by(house, kind)
        answer = visitor.get("/readyz")
        assert answer.status_code == status
        assert answer.json()["paused"] == [
            {"kind": kind.value, "since": "2026-03-01T12:00:00Z", "reason": reason}
        ]
        assert answer.json().get("detail") == (None if status == 200 else reason)
        assert "secret-sauce" not in answer.text
        assert visitor.get("/healthz").status_code == 200


@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.SOURCE_TROUBLE])
def test_what_holds_up_one_user_or_one_source_is_nothing_to_readiness(kind: FaultKind) -> None:
    house = WebHouse(replace(CONFIG, rhythm=QUICK))
    with house.visitor() as visitor:
        until(lambda: visitor.get("/readyz").status_code == 200)
        a_gate_closed_by(house, kind)
        assert house.app.show_gates()
        assert visitor.get("/readyz").json() == {"status": "ready"}


def test_what_is_down_and_what_is_wrong_are_told_together() -> None:
    house = WebHouse(replace(CONFIG, rhythm=QUICK))
    house.progress.down = True
    a_gate_closed_by(house, FaultKind.MISCONFIGURED)
    with house.visitor() as visitor:
        answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json()["down"]) == (503, ["Redis"])
    assert "Not reachable: Redis." in answer.json()["detail"]
    assert "credentials" in answer.json()["detail"]


def test_the_log_names_paths_and_no_queries(house: WebHouse) -> None:
    with capture_logs() as logs:
        house.visitor().get("/auth/callback?oauth_token=t0ken&oauth_verifier=ver1fier")
    assert [(entry["event"], entry["path"]) for entry in logs] == [("request", "/auth/callback")]
    assert "t0ken" not in str(logs)


def test_a_body_without_end_is_refused(house: WebHouse) -> None:
    answer = house.visitor().post("/", content=b"x" * (house.config.limits.body + 1))
    assert answer.status_code in (405, 413)


# Who sends the request

FOREIGN = ["https://evil.example", "null", "http://testserver.evil.example", "http://testserver:81"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_sites_page_changes_nothing(house: WebHouse, origin: str) -> None:
    visitor = house.visitor("Ada")
    assert visitor.post("/", headers={"Origin": origin}).status_code == 403
    # What has no origin is no browser's page, and gets as far as the address itself.
    assert visitor.post("/").status_code == 405


@pytest.mark.parametrize("origin", ["http://testserver", "https://testserver", "HTTP://TestServer"])
def test_our_own_pages_are_let_through(house: WebHouse, origin: str) -> None:
    assert house.visitor().post("/", headers={"Origin": origin}).status_code == 405


def test_a_page_that_the_operator_allowed_is_let_through(house: WebHouse) -> None:
    allowed = frozenset({"https://front.example"})
    visitor = TestClient(house.a_web(replace(CONFIG, allowed_origins=allowed)))
    assert visitor.post("/", headers={"Origin": "https://front.example"}).status_code == 405
    assert visitor.post("/", headers={"Origin": "https://front.example:8"}).status_code == 403


def test_reading_is_open_to_everybody(house: WebHouse) -> None:
    assert house.visitor().get("/", headers={"Origin": "https://evil.example"}).status_code == 200
