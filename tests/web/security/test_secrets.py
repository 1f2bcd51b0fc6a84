"""Tokens and keys: in no answer, on no page, in no line of the log, in no cookie as plain text."""

import base64
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from typing import Any

from structlog import get_logger
from structlog.testing import capture_logs

from curator_adapters.logging import without_secrets
from curator_core.domain.user import AccessToken
from curator_web.config import Machines
from curator_web.operations import OPERATIONS
from tests.web.house import CONFIG, WebHouse, path_of
from tests.web.speaking import a_slice

MACHINE_KEY = "the-key-for-machines-0123456789"


def the_house() -> WebHouse:
    house = WebHouse()
    token = house.wiki.grant(house.wiki.accounts["Grace"])
    machines = Machines(key=MACHINE_KEY, token=token)
    house.config = replace(CONFIG, machines=machines)
    house.web = house.a_web(house.config)
    return house


def secrets_of(house: WebHouse) -> set[str]:
    """Everything that nobody but us and the wiki is to know."""
    tokens: list[AccessToken] = list(house.wiki._tokens)  # noqa: SLF001 - all that there are
    handshakes = [each.token for each in house.login._open.values()]  # noqa: SLF001
    found = {each.key for each in tokens} | {each.secret for each in tokens}
    return found | {each.secret for each in handshakes} | {MACHINE_KEY, *CONFIG.session_keys}


def shown_in(text: str, secrets: set[str]) -> set[str]:
    """Those that stand there, as they are or as anybody can turn them back."""
    ways: tuple[Callable[[str], str], ...] = (
        str,
        lambda each: each[::-1],
        lambda each: each.encode().hex(),
        lambda each: base64.b64encode(each.encode()).decode().rstrip("="),
    )
    return {each for each in secrets for way in ways if way(each) in text}


@contextmanager
def noted() -> Iterator[StringIO]:
    """Everything that is logged and answered while a visitor does all there is to do."""
    everything = StringIO()
    with capture_logs() as logs:
        yield everything
    everything.write(json.dumps(logs, default=repr))


def do_all(house: WebHouse, everything: StringIO, name: str) -> None:
    visitor = house.visitor(raise_server_exceptions=False)
    to_wiki = visitor.get("/auth/login")
    back = path_of(house.login.allow(to_wiki.headers["location"], house.wiki.accounts[name]))
    answers = [visitor.get(back), visitor.get(back)]
    for operation in OPERATIONS:
        if operation.name in ("login", "logout") or operation.tag == "documents":
            continue
        path = operation.path.replace("{id}", "1")
        for accept in ("*/*", "text/html"):
            headers = {"Accept": accept, "X-API-KEY": MACHINE_KEY[:-1]}
            answers.append(visitor.request(operation.method, path, headers=headers, json={}))
    everything.writelines(f"{answer.text}\n{answer.headers}\n" for answer in answers)
    with visitor, visitor.websocket_connect("/ws") as socket:
        for message in talk():
            socket.send_json(message)
            everything.write(socket.receive_text())


def talk() -> Iterator[Any]:
    yield {"type": "CREATE_BATCH"}
    yield {"type": "UPLOAD_SLICE", "data": a_slice(1, "1", "2")}
    yield {"type": "FETCH_BATCH_UPLOADS", "data": 1}
    yield {"type": "FETCH_IMAGES", "data": "x", "handler": "broken"}
    yield {"type": "FETCH_PRESETS", "data": {"handler": "mapillary"}}
    yield {"type": "RETRY_UPLOADS", "data": 1}
    yield {"type": "NONSENSE", "data": MACHINE_KEY}


def test_nothing_that_is_answered_or_logged_holds_a_secret() -> None:
    house = the_house()
    with noted() as everything:
        do_all(house, everything, "Ada")
        do_all(house, everything, "Grace")
        house.database.down = True
        for name in ("Ada", "Grace"):
            house.wiki.accounts[name].edit_count = 100
        visitor = house.visitor(raise_server_exceptions=False)
        everything.write(visitor.get("/readyz").text)
    text = everything.getvalue()
    assert "logged in" in text
    assert "BATCH_UPLOADS_LIST" in text
    # It would be seen: the visitor's own message comes back in no answer, and yet is looked for.
    assert shown_in(text + house.ada_token.secret, secrets_of(house)) == {house.ada_token.secret}
    assert not shown_in(text, secrets_of(house))


def test_no_cookie_holds_a_secret_as_plain_text() -> None:
    house = the_house()
    visitor = house.visitor()
    visitor.get("/auth/login")
    cookies = [*house.visitor("Ada").cookies.jar, *visitor.cookies.jar]
    assert {each.name for each in cookies} == {"curator_session", "curator_login"}
    for cookie in cookies:
        sealed = (cookie.value or "").strip('"')
        raw = base64.urlsafe_b64decode(sealed)
        for text in (sealed, raw.decode("latin-1")):
            assert not shown_in(text, secrets_of(house))
            assert "Ada" not in text


def test_a_wrong_key_for_machines_is_repeated_nowhere() -> None:
    house = the_house()
    wrong = "a-wrong-key-that-somebody-typed"
    with noted() as everything:
        visitor = house.visitor()
        for key in (wrong, "ä" * 9, MACHINE_KEY + " x", ""):
            answer = visitor.post("/auth/register", headers={b"X-API-KEY": key.encode()})
            assert answer.status_code in (400, 401)
            everything.write(answer.text + str(answer.headers))
        right = visitor.post("/auth/register", headers={"X-API-KEY": MACHINE_KEY})
        assert right.status_code == 200
        everything.write(right.text + str(right.headers))
    text = everything.getvalue()
    assert wrong not in text
    assert not shown_in(text, secrets_of(house))


def test_a_secret_that_gets_into_a_log_line_after_all_is_hidden_there() -> None:
    line = {
        "event": "oops",
        "token": "hush",
        "info": "oauth_token=hush&x=1",
        "n": {"secret": "hush"},
    }
    assert "hush" in json.dumps(line)
    logger = get_logger()
    assert "hush" not in json.dumps(without_secrets(logger, "info", dict(line)))
    assert logging.getLogger("oauthlib").getEffectiveLevel() >= logging.INFO
