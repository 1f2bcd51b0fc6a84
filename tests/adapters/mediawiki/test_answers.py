"""What is no answer of a wiki, told apart and named."""

import json
import socket
from datetime import timedelta

import pytest

from curator_adapters.mediawiki.api_error import retry_after_in
from curator_adapters.mediawiki.authentication import Consumer
from curator_adapters.mediawiki.session import Timeouts
from curator_adapters.mediawiki.wiki import MediaWiki, MediaWikis
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import FileKey, UserId
from curator_core.domain.user import AccessToken
from tests.adapters.mediawiki.server import Reply, Script
from tests.pictures import a_title
from tests.sandbox import USER_AGENT

TOKEN = AccessToken(key="the-token-key", secret="the-token-secret")
CONSUMER = Consumer(key="the-consumer-key", secret="the-consumer-secret")
TOKENS = json.dumps({"query": {"tokens": {"csrftoken": "abc+\\"}}})
SECRETS = (TOKEN.key, TOKEN.secret, CONSUMER.secret)


def wiki_at(url: str, read: float = 5) -> MediaWiki:
    timeouts = Timeouts(connect=5, read=read, assemble=read, publish=read)
    wikis = MediaWikis(f"{url}/w", CONSUMER, USER_AGENT, timeouts=timeouts)
    return wikis.session(UserId("4"), TOKEN)


def fault_at(url: str, read: float = 5) -> Fault:
    with pytest.raises(Faulted) as caught:
        wiki_at(url, read).titles.blacklist_reason(a_title())
    fault = caught.value.fault
    assert not any(secret in f"{fault} {caught.value}" for secret in SECRETS)
    return fault


def write_fault_at(url: str) -> Fault:
    """What a publish request meets; the token is asked for first."""
    with pytest.raises(Faulted) as caught:
        wiki_at(url).publisher.publish(a_title(), FileKey("a.b.4.jpg"), "text", "summary", 100)
    return caught.value.fault


def test_where_nothing_listens_the_address_is_named() -> None:
    with socket.socket() as bound:
        # Bound but not listening: whoever connects is refused, and nobody else takes the port.
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"

        fault = fault_at(url)

    assert fault.kind is FaultKind.UNREACHABLE
    assert fault.info == f"The wiki at {url}/w cannot be reached: nothing listens there."


def test_a_host_that_does_not_exist_is_named() -> None:
    fault = fault_at("http://no-such-wiki.invalid")

    assert fault.kind is FaultKind.UNREACHABLE
    assert fault.info.startswith("The wiki at http://no-such-wiki.invalid/w cannot be reached")
    assert "no host of that name" in fault.info


@pytest.mark.parametrize("address", ["commons.wikimedia.org", "htp://wiki", "http://", ""])
def test_what_is_no_web_address_is_called_that(address: str) -> None:
    fault = fault_at(address)

    assert fault.kind is FaultKind.UNREACHABLE
    assert "that is not a web address" in fault.info


def test_credentials_in_the_address_are_not_repeated(script: Script) -> None:
    script.replies = [Reply(status=500)]

    fault = fault_at(script.url.replace("http://", "http://me:hunter2@"))

    assert "hunter2" not in fault.info
    assert script.url in fault.info


def test_an_answer_that_never_comes_is_given_up(script: Script) -> None:
    script.replies = [Reply(hangs=True)]

    fault = fault_at(script.url, read=0.2)

    assert fault.kind is FaultKind.UNREACHABLE
    assert fault.info.endswith("it took too long to answer.")


def test_an_answer_that_breaks_off_is_none(script: Script) -> None:
    script.replies = [Reply(body='{"titleblacklist": ', breaks=True)]

    assert fault_at(script.url).kind is FaultKind.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, FaultKind.UNREACHABLE) for status in (408, 500, 502, 503, 504)),
        *((status, FaultKind.ODD_ANSWER) for status in (400, 401, 403, 404, 410)),
    ],
)
@pytest.mark.parametrize("ask", ["read", "write"])
def test_an_http_error_is_no_answer(script: Script, ask: str, status: int, kind: FaultKind) -> None:
    script.replies = [Reply(status=status, body="<html>no</html>")]

    fault = fault_at(script.url) if ask == "read" else write_fault_at(script.url)

    assert fault.kind is kind
    assert f"{script.url}/w answered with HTTP {status}" in fault.info


@pytest.mark.parametrize(
    "body", ["<!DOCTYPE html><title>A site</title>", "", "[]", "null", "{", "\x00\xff"]
)
def test_what_is_no_json_object_is_no_answer(script: Script, body: str) -> None:
    script.replies = [Reply(body=body)]

    fault = fault_at(script.url)

    assert fault.kind is FaultKind.UNREACHABLE
    assert fault.info == (
        f"What answers at {script.url}/w is not a wiki's API: is the address right?"
    )


@pytest.mark.parametrize("body", ["{}", '{"batchcomplete": true}', '{"titleblacklist": []}'])
def test_an_answer_without_what_was_asked_is_none(script: Script, body: str) -> None:
    script.replies = [Reply(body=body)]

    fault = fault_at(script.url)

    assert fault.kind is FaultKind.UNREACHABLE
    assert "left out of its answer: titleblacklist" in fault.info


@pytest.mark.parametrize("body", ["<!DOCTYPE html><title>A site</title>", "", "[]", "null"])
def test_what_answers_a_write_and_is_no_json_object_is_odd(script: Script, body: str) -> None:
    script.replies = [Reply(body=TOKENS), Reply(body=body)]

    fault = write_fault_at(script.url)

    assert fault.kind is FaultKind.ODD_ANSWER
    assert fault.info.startswith(f"What answers at {script.url}/w is not a wiki's API")


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"upload": []}',
        '{"upload": {"result": "Success"}}',
        '{"upload": {"result": "Tomorrow"}}',
        '{"upload": {"result": "Success", "filename": "A.jpg", "imageinfo": {}}}',
    ],
)
def test_an_answer_to_a_write_without_what_it_tells_is_odd(script: Script, body: str) -> None:
    script.replies = [Reply(body=TOKENS), Reply(body=body)]

    fault = write_fault_at(script.url)

    assert fault.kind is FaultKind.ODD_ANSWER
    assert "left out of its answer: upload" in fault.info


@pytest.mark.parametrize("body", ["<html>", "{}", '{"query": {"tokens": {}}}'])
def test_an_answer_without_the_token_counts_as_a_broken_connection(
    script: Script, body: str
) -> None:
    script.replies = [Reply(body=body)]

    assert write_fault_at(script.url).kind is FaultKind.UNREACHABLE


def test_nothing_is_sent_to_where_a_wiki_leads_on(script: Script) -> None:
    script.replies = [Reply(status=301, headers={"Location": f"{script.url}/elsewhere"})]

    fault = fault_at(script.url)

    assert fault.kind is FaultKind.ODD_ANSWER
    assert "leads on to another" in fault.info
    assert len(script.seen) == 1


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {}, None),
        (429, {"Retry-After": "7"}, 7),
        (503, {"Retry-After": "120"}, 120),
        (429, {"Retry-After": "soon"}, None),
    ],
)
def test_a_busy_server_says_how_long_to_wait(
    script: Script, status: int, headers: dict[str, str], wait: int | None
) -> None:
    script.replies = [Reply(status=status, headers=headers, body="<html>slow down</html>")]

    fault = fault_at(script.url)

    assert fault.kind is FaultKind.BUSY
    assert fault.retry_after == (None if wait is None else timedelta(seconds=wait))


def test_a_date_to_wait_for_counts_by_the_servers_own_clock() -> None:
    headers = {
        "Date": "Sun, 22 Nov 2020 18:46:06 GMT",
        "Retry-After": "Sun, 22 Nov 2020 18:46:36 GMT",
    }

    assert retry_after_in(headers) == timedelta(seconds=30)


@pytest.mark.parametrize("said", ["86401", "9" * 30, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_nobody_waits_for_longer_than_a_day_whatever_a_server_asks_for(said: str) -> None:
    assert retry_after_in({"Retry-After": said}) == timedelta(days=1)


def test_a_date_that_is_past_is_no_wait() -> None:
    assert retry_after_in({"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}) == timedelta(0)


def test_a_request_too_large_for_the_server_is_refused(script: Script) -> None:
    script.replies = [Reply(status=413, body="<html>413</html>")]

    fault = fault_at(script.url)

    assert fault.kind is FaultKind.REFUSED
    assert "HTTP 413" in fault.info


@pytest.mark.parametrize("status", [200, 429, 500, 503])
def test_a_known_error_counts_whatever_the_status(script: Script, status: int) -> None:
    error = {"error": {"code": "ratelimited", "info": "Too fast."}}
    script.replies = [Reply(status=status, body=json.dumps(error))]

    assert fault_at(script.url).kind is FaultKind.RATE_LIMITED


def test_an_unknown_error_of_a_broken_server_is_the_servers(script: Script) -> None:
    error = {"error": {"code": "a-code-of-tomorrow", "info": "Broken."}}
    script.replies = [Reply(status=500, body=json.dumps(error)), Reply(body=json.dumps(error))]

    assert fault_at(script.url).kind is FaultKind.UNREACHABLE
    assert fault_at(script.url).kind is FaultKind.UNFORESEEN


@pytest.mark.parametrize("code", ["badvalue", "unknown_action"])
def test_a_wiki_without_a_title_blacklist_has_nothing_against_a_name(
    script: Script, code: str
) -> None:
    info = 'Unrecognized value for parameter "action": titleblacklist.'
    script.replies = [Reply(body=json.dumps({"error": {"code": code, "info": info}}))]

    assert wiki_at(script.url).titles.blacklist_reason(a_title()) is None


def test_nothing_is_asked_twice(script: Script) -> None:
    script.replies = [Reply(status=503)]

    fault_at(script.url)

    assert len(script.seen) == 1
