"""Reading pages and files, and editing pages."""

import hashlib

import pytest

from tests.cli.sandbox.client import Json, WikiClient
from tests.cli.sandbox.conftest import a_name, a_picture
from tests.cli.sandbox.shapes import assert_like, capture


def test_files_are_found_by_their_sha1(client: WikiClient) -> None:
    content, names = a_picture(), [a_name(), a_name()]
    for name in names:
        client.publish(name, content, ignorewarnings=1)
    sha1 = hashlib.sha1(content).hexdigest()
    answer = client.get(action="query", list="allimages", aisha1=sha1)
    assert_like(client, answer, "query-allimages-sha1")
    assert {one["title"] for one in answer["query"]["allimages"]} == {f"File:{n}" for n in names}
    nothing = client.get(action="query", list="allimages", aisha1="0" * 40)
    assert nothing["query"]["allimages"] == []
    assert "error" in client.get(action="query", list="allimages", aisha1="xyz")


def test_a_file_and_a_missing_one_are_described(client: WikiClient) -> None:
    client.publish(name := a_name("Ed"), a_picture())
    answer = client.get(
        action="query",
        prop="imageinfo",
        titles=f"File:{name}|File:Nope.jpg",
        iiprop="timestamp|user|sha1|size|mime|url|comment",
    )
    assert_like(client, answer, "query-imageinfo")


def test_all_of_it_comes_with_one_request(client: WikiClient) -> None:
    client.publish(name := a_name(), content := a_picture())
    answer = client.get(
        action="query",
        list="allimages",
        aisha1=hashlib.sha1(content).hexdigest(),
        meta="tokens|userinfo|siteinfo",
        uiprop="ratelimits|rights",
        prop="imageinfo",
        iiprop="sha1|user|timestamp",
        titles=f"File:{name}",
        aiprop="sha1|user|timestamp|size|url",
        curtimestamp=1,
    )
    assert set(answer["query"]) == {"allimages", "tokens", "userinfo", "general", "pages"}
    assert answer["query"]["pages"][0]["imageinfo"][0]["user"] == client.account
    assert answer["query"]["allimages"][0]["sha1"] == hashlib.sha1(content).hexdigest()
    assert answer["query"]["general"]["maxuploadsize"] == 5_368_709_120


def test_titles_are_normalised_and_missing_ones_come_last_first(client: WikiClient) -> None:
    titles = "File:a_b c.jpg|file:X.JPG|Image:Q.png"
    answer = client.get(action="query", titles=titles, prop="info")
    assert answer == capture("query-title-normalization")["response"]


def test_an_illegal_title_is_marked(client: WikiClient) -> None:
    answer = client.get(action="query", titles="A[b]", prop="info")
    assert answer["query"]["pages"][0]["invalid"] is True


def test_a_page_is_read_before_it_is_edited(client: WikiClient) -> None:
    client.publish(name := a_name("Ed"), a_picture())
    answer = client.get(
        action="query",
        prop="revisions|info",
        titles=f"File:{name}",
        rvprop="ids|timestamp|content",
        rvslots="main",
        curtimestamp=1,
    )
    assert_like(client, answer, "query-revision-before-edit")


def test_a_page_is_edited_as_the_wiki_does_it(client: WikiClient) -> None:
    client.publish(name := a_name("Ed"), a_picture())
    title = f"File:{name}"
    asked: Json = {"action": "query", "prop": "info", "titles": title}
    base = client.get(**asked)["query"]["pages"][0]["lastrevid"]

    steps: list[tuple[str, Json]] = [
        ("edit-ok", {"text": "new text", "baserevid": base, "summary": "lab"}),
        ("edit-nochange", {"text": "new text", "summary": "lab"}),
        ("edit-editconflict", {"text": "my text", "baserevid": base}),
        ("edit-createonly-exists", {"text": "x", "createonly": 1}),
        ("edit-nocreate-missing", {"text": "x", "nocreate": 1, "title": "File:Nope.jpg"}),
        ("edit-invalidtitle", {"text": "x", "title": "A[b]|c"}),
        ("edit-titleblacklist", {"text": "x", "title": "BLACKLISTEDWORD 1795373183"}),
        ("edit-md5-mismatch", {"text": "x", "md5": "0" * 32}),
    ]
    for name_of_capture, asked_for in steps:
        sent: Json = {"action": "edit", "title": title} | asked_for
        answer = client.write(**sent)
        assert_like(client, answer, name_of_capture)


def test_an_empty_addition_is_a_null_edit(client: WikiClient) -> None:
    client.write(action="edit", title="Null", text="text")
    answer = client.write(action="edit", title="Null", appendtext="")
    assert answer["edit"]["nochange"] is True


def test_purging_refreshes_a_page(client: WikiClient) -> None:
    client.publish(name := a_name(), a_picture())
    answer = client.post(action="purge", titles=f"File:{name}|File:Nope.jpg", forcelinkupdate=1)
    assert answer["purge"] == [
        {"ns": 6, "title": f"File:{name}", "purged": True, "linkupdate": True},
        {"ns": 6, "title": "File:Nope.jpg", "missing": True},
    ]
    assert client.get(action="purge", titles="X")["error"]["code"] == "mustbeposted"


@pytest.mark.parametrize("asked", [{"meta": "nothing"}, {"list": "nothing"}])
def test_what_the_sandbox_does_not_have_is_said_and_not_passed_over(
    client: WikiClient, asked: dict[str, str]
) -> None:
    assert client.get(action="query", **asked)["error"]["code"] == "sandbox-not-built"


def test_a_csrf_token_looks_like_one(client: WikiClient) -> None:
    answer = client.get(action="query", meta="tokens")
    assert_like(client, answer, "tokens-csrf")
