"""Logs for people and for programs, and what never stands in them."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from oauthlib.oauth1 import Client

from curator_adapters.logging import configure_logging
from curator_core.domain.user import AccessToken

SECRET = "d1ceb0b5c0ffee"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leaves logging to the other tests as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(params=[False, True], ids=["lines", "json"])
def written(request: pytest.FixtureRequest) -> Callable[[], str]:
    """What was logged so far, after logging was configured for everything."""
    out = io.StringIO()
    configure_logging("DEBUG", as_json=request.param, stream=out)
    return out.getvalue


def _log() -> structlog.stdlib.BoundLogger:
    log: structlog.stdlib.BoundLogger = structlog.get_logger("curator")
    return log


def test_an_event_is_written_with_its_fields(written: Callable[[], str]) -> None:
    _log().info("upload published", title="Straße.jpg", seconds=1.5)

    assert "upload published" in written()
    assert "Straße.jpg" in written()
    assert "1.5" in written()


def test_in_production_each_line_is_json() -> None:
    out = io.StringIO()
    configure_logging("INFO", as_json=True, stream=out)

    _log().info("upload published", title="Straße.jpg")
    logging.getLogger("celery.worker").warning("task %s received", 7)

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line["event"], line["level"], line["logger"]) for line in lines] == [
        ("upload published", "info", "curator"),
        ("task 7 received", "warning", "celery.worker"),
    ]
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_what_is_below_the_level_is_left_out() -> None:
    out = io.StringIO()
    configure_logging("WARNING", as_json=False, stream=out)

    _log().info("not worth it")
    _log().warning("worth it")

    assert "not worth it" not in out.getvalue()
    assert "worth it" in out.getvalue()


def test_configuring_again_writes_each_event_once() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logging("INFO", as_json=False, stream=first)
    configure_logging("INFO", as_json=False, stream=second)

    _log().info("once")

    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"token": SECRET},
        {"access_token": SECRET},
        {"lease_token": SECRET},
        {"consumer_secret": SECRET},
        {"password": SECRET},
        {"Authorization": SECRET},
        {"cookie": SECRET},
        {"SECRET_KEY": SECRET},
        {"TOKEN_ENCRYPTION_KEY": SECRET},
        {"api_key": SECRET},
        {"keys": [SECRET]},
        {"request": {"headers": [{"authorization": f"OAuth {SECRET}"}]}},
        {"who": AccessToken(key=SECRET, secret=SECRET)},
        {"url": f"redis://:{SECRET}@redis.example:6379/0"},
        {"url": f"mysql+pymysql://user:{SECRET}@db.example/curator"},
        {"url": f"https://graph.example/1?access_token={SECRET}&fields=id"},
        {"header": f'OAuth oauth_token="{SECRET}", oauth_signature="{SECRET}%3D"'},
        {"header": f"Bearer {SECRET}"},
        {"body": f"title=A&token={SECRET}%2B%5C&format=json".encode()},
        {"text": f"{{'password': '{SECRET}', 'user': 'me'}}"},
        {"text": f"Authorization: Bearer {SECRET}"},
    ],
    ids=str,
)
def test_no_secret_gets_through(written: Callable[[], str], fields: dict[str, object]) -> None:
    _log().info("something happened", **fields)

    assert "something happened" in written()
    assert SECRET not in written()


def test_no_secret_gets_through_in_a_librarys_text(written: Callable[[], str]) -> None:
    logging.getLogger("celery").warning("headers: Authorization: OAuth oauth_key=%s", SECRET)

    assert "headers" in written()
    assert SECRET not in written()


def test_a_trace_is_shown_without_the_values_of_its_variables(written: Callable[[], str]) -> None:
    def fails(value: str) -> None:
        raise LookupError(f"access_token={value}")

    try:
        fails(SECRET)
    except LookupError:
        _log().exception("it failed")

    assert "it failed" in written()
    assert "LookupError" in written()
    assert "in fails" in written()
    assert SECRET not in written()


def test_what_the_signing_library_says_of_its_work_is_left_out(
    written: Callable[[], str],
) -> None:
    Client("consumer", client_secret=SECRET, resource_owner_secret=SECRET).sign(
        "https://example.org/w/api.php"
    )
    _log().info("signed")

    assert "signed" in written()
    assert SECRET not in written()
    assert "oauth_nonce" not in written()


def test_words_that_only_sound_secret_are_left_alone(written: Callable[[], str]) -> None:
    _log().info("wiki refused", reason="badtoken: Invalid CSRF token.", title="Secret Garden.jpg")

    assert "badtoken: Invalid CSRF token." in written()
    assert "Secret Garden.jpg" in written()
