"""What the API checks before it carries anything out."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from curator_cli.sandbox.settings import SandboxSettings
from tests.cli.sandbox.client import TIMEOUT, Json, WikiClient
from tests.cli.sandbox.conftest import a_name, a_picture
from tests.cli.sandbox.shapes import assert_like, capture

_READ_ONLY = "The database is read-only for 15 minutes for maintenance (lab)."
_EDIT: Json = {"action": "edit", "title": "Commons:Sandbox", "appendtext": "x"}


@pytest.fixture
def anonymous(base: str) -> requests.Session:
    return requests.Session()


def ask_anonymously(base: str, files: dict[str, bytes] | None = None, **data: Any) -> Any:
    data = {"format": "json", "formatversion": "2"} | data
    answer = requests.post(f"{base}/w/api.php", data=data, files=files, timeout=TIMEOUT)
    return answer.json()


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("assert-bot-failed", {"meta": "userinfo", "assert": "bot"}),
        ("assertuser-failed", {"meta": "userinfo", "assertuser": "Somebody else"}),
    ],
)
def test_an_assertion_that_does_not_hold_stops_the_request(
    client: WikiClient, name: str, asked: dict[str, str]
) -> None:
    assert_like(client, client.get(action="query", **asked), name)


def test_an_anonymous_upload_is_refused_before_and_after_its_assertion(base: str) -> None:
    chunk = {
        "action": "upload", "stash": "1", "filename": a_name(), "filesize": "4000", "offset": "0",
        "token": "+\\",
    }  # fmt: skip
    asserted = ask_anonymously(base, {"chunk": a_picture()}, **chunk, **{"assert": "user"})
    plain = ask_anonymously(base, {"chunk": a_picture()}, **chunk)
    assert asserted == capture("assert-user-failed")["response"]
    assert plain == capture("anonymous-upload")["response"]


def test_an_unknown_action_is_named(client: WikiClient) -> None:
    assert_like(client, client.post(action="nosuchaction"), "unknown-action")


@pytest.mark.parametrize("token", ["+\\", "0123456789+\\", "", "f" * 40 + "+\\"])
def test_a_wrong_csrf_token_is_refused(client: WikiClient, token: str) -> None:
    assert_like(client, client.post(**_EDIT, token=token), "badtoken-edit")


def test_a_write_without_a_token_is_refused(client: WikiClient) -> None:
    assert_like(client, client.post(**_EDIT), "token-missing")


def test_a_token_in_the_query_is_refused(client: WikiClient) -> None:
    asked = {"action": "upload", "stash": 1, "filename": a_name(), "filesize": 9, "offset": 0}
    assert_like(client, client.get(**asked, token=client.csrf), "upload-by-GET")


def test_one_users_csrf_token_is_not_anothers(
    base: str, settings: SandboxSettings, client: WikiClient
) -> None:
    other = WikiClient(base, settings, "Second photographer")
    assert client.post(**_EDIT, token=other.csrf)["error"]["code"] == "badtoken"


def test_reading_only_lets_reads_and_tokens_through(
    client: WikiClient, switched: Callable[..., None]
) -> None:
    key = client.stashed(name := a_name(), a_picture())
    switched(read_only=_READ_ONLY)
    assert_like(client, client.commit(name, key), "readonly-commit")
    assert_like(client, client.chunk(name, a_picture()), "readonly-stash-chunk")
    plain = client.write(**_EDIT, errorformat="plaintext")
    assert_like(client, plain, "readonly-edit-errorformat-plaintext")
    assert_like(client, client.get(action="query", meta="tokens|userinfo"), "readonly-tokens")
    switched(read_only="")
    assert client.commit(name, key)["upload"]["result"] == "Success"


def test_lag_is_answered_where_the_request_minds_it(
    client: WikiClient, switched: Callable[..., None]
) -> None:
    switched(lag=7.5)
    answer = client.post(action="query", meta="siteinfo", maxlag=5)
    assert_like(client, answer, "maxlag-query")
    assert client.last.headers["Retry-After"] == "5"
    assert client.last.headers["X-Database-Lag"] == "7"
    assert "error" not in client.post(action="query", meta="siteinfo")
    assert "error" not in client.post(action="query", meta="siteinfo", maxlag=9)


def test_a_blocked_account_is_told_so_in_each_modules_way(
    client: WikiClient, switched: Callable[..., None]
) -> None:
    name = a_name()
    client.publish(name, a_picture())
    switched(blocked=[client.account])
    edit, chunk = client.write(**_EDIT), client.chunk(name, a_picture())
    data = '{"labels": {"de": {"language": "de", "value": "x"}}}'
    entity = client.write(
        action="wbeditentity", site="commonswiki", title=f"File:{name}", data=data
    )
    assert edit["error"]["code"] == chunk["error"]["code"] == "blocked"
    assert edit["error"]["blockinfo"]["blockedby"]
    recorded = capture("blocked-wbeditentity")
    assert client.error_header == recorded["response_headers"]["MediaWiki-API-Error"]
    names = [message["name"] for message in entity["error"]["messages"]]
    assert names == [one["name"] for one in recorded["response"]["error"]["messages"]]


def test_a_flag_counts_whatever_its_value(client: WikiClient) -> None:
    name = a_name()
    client.publish(name, content := a_picture())
    answer = client.chunk(name, content, ignorewarnings="0")
    assert answer["upload"]["result"] == "Success"


def test_a_body_of_more_than_100_mib_is_answered_by_the_server_before_the_wiki(base: str) -> None:
    headers = {"Content-Length": "104857601", "Content-Type": "multipart/form-data; boundary=x"}
    request = requests.Request("POST", f"{base}/w/api.php").prepare()
    request.headers.update(headers)
    with requests.Session() as session:
        answer = session.send(request, timeout=TIMEOUT)
    assert answer.status_code == capture("http-413-body-too-large")["http_status"] == 413
    assert answer.headers["Content-Type"].startswith("text/html")


def test_another_format_version_than_2_is_not_answered_as_if_it_were(base: str) -> None:
    asked = {"action": "query", "meta": "siteinfo", "format": "json"}
    assert requests.get(f"{base}/w/api.php", params=asked, timeout=TIMEOUT).status_code == 501


def test_long_answers_are_compressed_for_those_who_accept_it(client: WikiClient) -> None:
    client.get(action="query", meta="siteinfo", siprop="general|namespaces")
    assert client.last.headers["Content-Encoding"] == "gzip"
