"""What people see in a browser, and what the sandbox tells of itself."""

import hashlib
import json
import socket

import pytest
import requests

from curator_cli.sandbox.serve import serve
from curator_cli.sandbox.settings import SandboxSettings
from tests.cli.sandbox.client import TIMEOUT, WikiClient, control
from tests.cli.sandbox.conftest import a_name, a_picture

TEXT = "== Summary ==\n{{Information|description=<b>bold</b> & more}}"


def page(base: str, path: str, status: int = 200) -> str:
    answer = requests.get(f"{base}{path}", timeout=TIMEOUT)
    assert answer.status_code == status
    return answer.text


@pytest.fixture
def described(client: WikiClient) -> str:
    """A file with everything on its page; returns its name."""
    client.publish(name := a_name("Seen"), a_picture(), text=TEXT, comment="from <Mapillary>")
    claim = {
        "mainsnak": {
            "snaktype": "value",
            "property": "P973",
            "datavalue": {"type": "string", "value": "https://www.mapillary.com/app/?pKey=1"},
        },
        "type": "statement",
        "rank": "normal",
    }
    data = {"labels": {"en": {"language": "en", "value": "A <caption>"}}, "claims": [claim]}
    client.write(
        action="wbeditentity", site="commonswiki", title=f"File:{name}", data=json.dumps(data)
    )
    return name


def test_a_files_page_shows_all_there_is_to_see(base: str, described: str) -> None:
    seen = page(base, f"/wiki/File:{described.replace(' ', '_')}")
    for text in (
        "&lt;b&gt;bold&lt;/b&gt; &amp; more",
        "A &lt;caption&gt;",
        "from &lt;Mapillary&gt;",
        "described at URL",
        "https://www.mapillary.com/app/?pKey=1",
        "Sandbox photographer",
        "/w/images/thumb/",
    ):
        assert text in seen
    assert "<b>bold</b>" not in seen


def test_the_home_page_shows_uploads_sequences_and_accounts(
    base: str, described: str, settings: SandboxSettings
) -> None:
    seen = page(base, "/")
    assert described in seen
    assert all(sequence.id in seen for sequence in settings.sequences)
    assert all(account.name in seen for account in settings.accounts)
    assert described in page(base, "/wiki/Special:ListFiles")
    assert "no page of this name" in page(base, "/wiki/File:Nothing.jpg", 404)


def test_a_published_file_is_served_as_it_was_sent(base: str, client: WikiClient) -> None:
    answer = client.publish(a_name("Ünï — 日本"), content := a_picture(70_000))
    address = answer["upload"]["imageinfo"]["url"]
    served = requests.get(address, timeout=TIMEOUT)
    assert served.content == content
    assert served.headers["Content-Type"] == "image/jpeg"
    small = requests.get(
        f"{address.replace('/images/', '/images/thumb/')}/64px.jpg", timeout=TIMEOUT
    )
    assert small.content.startswith(b"\xff\xd8")


def test_requests_are_counted_by_action_and_title(base: str, client: WikiClient) -> None:
    control(base, "reset")
    name, content = a_name(), a_picture()
    title = f"File:{name}"
    client.get(action="titleblacklist", tbtitle=title, tbaction="create")
    client.get(action="query", titles=title, prop="imageinfo", meta="tokens")
    client.publish(name, content)
    client.write(action="wbeditentity", site="commonswiki", title=title, data="{}")
    client.post(action="purge", titles=title)
    client.get(action="query", meta="userinfo")
    client.commit(name, "nonsense")
    told = requests.get(f"{base}/sandbox/requests", timeout=TIMEOUT).json()
    assert told["files"][title] == [
        "titleblacklist", "query", "upload:chunk", "upload:publish", "wbeditentity", "purge",
        "upload:publish",
    ]  # fmt: skip
    assert told["total"] == 8
    assert told["unattributed"] == {"query": 1}
    assert told["errors"] == {"invalid-file-key": 1}


def test_files_are_listed_with_their_versions_and_statements(base: str, described: str) -> None:
    files = requests.get(f"{base}/sandbox/files", timeout=TIMEOUT).json()
    file = next(one for one in files if one["title"] == f"File:{described}")
    assert file["wikitext"] == TEXT
    assert file["captions"] == {"en": "A <caption>"}
    assert list(file["statements"]) == ["P973"]
    assert [one["sha1"] for one in file["revisions"]] == [file["sha1"]]
    content = requests.get(file["file_url"], timeout=TIMEOUT).content
    assert (hashlib.sha1(content).hexdigest(), len(content)) == (file["sha1"], file["size"])
    assert requests.get(file["page_url"], timeout=TIMEOUT).ok


def test_a_fault_before_the_effect_leaves_none(base: str, client: WikiClient) -> None:
    key = client.stashed(name := a_name(), a_picture())
    error = {"error": {"code": "internal_api_error_DBQueryError", "info": "[x] Caught exception"}}
    control(base, "faults", kind="upload:publish", title=name, answer=error)
    assert client.commit(name, key) == error
    assert client.error_header == "internal_api_error_DBQueryError"
    assert client.commit(name, key)["upload"]["result"] == "Success"


def test_a_lost_answer_shows_as_a_used_up_key(base: str, client: WikiClient) -> None:
    key = client.stashed(name := a_name(), a_picture())
    control(base, "faults", kind="upload:publish", title=name, when="after", is_cut=True)
    with pytest.raises(requests.exceptions.RequestException):
        client.commit(name, key)
    assert client.commit(name, key)["error"]["code"] == "uploadstash-file-not-found"


def test_a_port_in_use_is_an_error_at_once(settings: SandboxSettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve("127.0.0.1", taken.getsockname()[1], settings)
