"""What the wiki refuses for a word in a name or a text, or for want of a right."""

from collections.abc import Iterator

import pytest

from curator_cli.sandbox.settings import SandboxSettings
from tests.cli.sandbox.client import PHOTOGRAPHER, Json, WikiClient, control
from tests.cli.sandbox.conftest import a_name, a_picture
from tests.cli.sandbox.shapes import response as recorded


def assert_refused(client: WikiClient, answer: Json, name: str) -> None:
    """The same code, words and parts as the real wiki's answer."""
    told, expected = answer["error"], recorded(name)["error"]
    assert told["code"] == expected["code"] == client.error_header
    assert told["info"] == expected["info"]
    assert told.keys() == expected.keys()
    for part in ("abusefilter", "stasherrors", "spamblacklist"):
        assert told.get(part) == expected.get(part)


@pytest.fixture
def protected(base: str) -> Iterator[str]:
    """A file name that only administrators may use."""
    name = a_name("Protected")
    control(base, "settings", protected=[f"File:{name}"])
    yield name
    control(base, "settings", protected=[])


def test_a_filter_refuses_a_name_at_the_stash_and_when_it_is_published(client: WikiClient) -> None:
    content = a_picture()
    answer = client.chunk(a_name("AFDISALLOW"), content)
    assert_refused(client, answer, "abusefilter-disallowed-on-stash")
    key = client.stashed(a_name(), content)
    answer = client.commit(a_name("AFDISALLOW"), key)
    assert_refused(client, answer, "abusefilter-disallowed-on-commit")
    assert client.commit(a_name(), key)["upload"]["result"] == "Success"


def test_most_filters_let_the_stash_pass(client: WikiClient) -> None:
    answer = client.publish(a_name("AFUPLOAD"), a_picture())
    assert answer["error"]["code"] == "abusefilter-disallowed"


def test_a_filters_warning_passes_the_second_time(client: WikiClient) -> None:
    name = a_name("AFWARN")
    key = client.stashed(name, a_picture())
    assert_refused(client, client.commit(name, key), "abusefilter-warning-on-commit")
    assert client.commit(name, key)["upload"]["result"] == "Success"


def test_a_name_that_is_only_tagged_is_published(client: WikiClient) -> None:
    assert client.publish(a_name("AFTAG"), a_picture())["upload"]["result"] == "Success"


def test_a_link_to_a_spammer_is_refused_in_a_files_text_and_in_an_edit(client: WikiClient) -> None:
    text = "see https://spam-example.test/x"
    name = a_name()
    answer = client.publish(name, a_picture(), text=text)
    assert_refused(client, answer, "spamblacklist-on-commit")
    assert client.commit(name, answer["error"]["filekey"])["upload"]["result"] == "Success"
    answer = client.write(action="edit", title=f"File:{name}", text=text)
    assert_refused(client, answer, "edit-spamblacklist")


def test_a_filter_refuses_an_edit(client: WikiClient) -> None:
    answer = client.write(action="edit", title="Commons:Filter", text="AFDISALLOWEDIT")
    assert_refused(client, answer, "edit-abusefilter")


def test_a_protected_title_is_refused_and_the_key_survives(
    client: WikiClient, protected: str
) -> None:
    key = client.stashed(protected, a_picture())
    assert_refused(client, client.commit(protected, key), "protectedtitle-on-commit")
    assert client.commit(a_name(), key)["upload"]["result"] == "Success"
    edited = client.write(action="edit", title=f"File:{protected}", text="x")
    assert edited["error"]["code"] == "protectedpage"


@pytest.mark.parametrize("right", ["upload", "edit"])
def test_a_token_without_the_grant_may_not(
    base: str, settings: SandboxSettings, right: str
) -> None:
    granted = control(base, "tokens", account=PHOTOGRAPHER, without=[right])
    client = WikiClient(base, settings)
    client.key, client.secret = granted["key"], granted["secret"]
    client.http.auth = client.signer()
    client.csrf = client.get(action="query", meta="tokens")["query"]["tokens"]["csrftoken"]
    if right == "upload":
        answer = client.chunk(a_name(), a_picture())
    else:
        answer = client.write(action="edit", title="Commons:Sandbox", appendtext="x")
    expected = recorded(f"oauth-grant-missing-{right}")["error"]
    assert answer["error"]["code"] == expected["code"] == "permissiondenied"
