"""Names and kinds of files that the wiki takes, changes or refuses."""

import pytest

from curator_cli.sandbox.mapillary.cdn import PNG
from tests.cli.sandbox.client import WikiClient
from tests.cli.sandbox.conftest import a_name, a_picture
from tests.cli.sandbox.shapes import assert_like, capture

HTML = b"<!DOCTYPE html><html><body>" + b"Not found. " * 180 + b"</body></html>"
TEXT = b"plain text " * 190
NOISE = bytes(range(1, 251)) * 20


def zipped() -> bytes:
    """A picture with an archive at its end."""
    return a_picture() + b"PK\x03\x04" + b"\0" * 26 + b"PK\x05\x06" + b"\0" * 18


@pytest.mark.parametrize(
    ("capture_name", "name", "content"),
    [
        ("verify-png-named-jpg", a_name(), PNG),
        ("verify-jpeg-named-png", a_name(extension="png"), a_picture()),
        ("verify-random-bytes-jpg", a_name(), NOISE),
        ("verify-text-png", a_name(extension="png"), TEXT),
        ("verify-zip-in-jpg", a_name(), zipped()),
        ("verify-html-jpg", a_name(), HTML),
        ("verify-exe-extension", a_name(extension="exe"), b"MZ" + NOISE),
        ("verify-heic", a_name(extension="heic"), NOISE),
        ("verify-php-double-extension", a_name(extension="php.jpg"), a_picture()),
    ],
)
def test_content_that_is_not_what_its_name_says_is_refused(
    client: WikiClient, capture_name: str, name: str, content: bytes
) -> None:
    chunk = client.chunk(name, content)
    assert chunk == capture(f"{capture_name}-on-stash")["response"]
    whole = client.whole_file(name, content, ignorewarnings=1)
    assert whole == capture(f"{capture_name}-whole-file")["response"]


def test_an_empty_file_is_refused(client: WikiClient) -> None:
    assert_like(client, client.whole_file(a_name(), b""), "verify-empty-whole-file")


@pytest.mark.parametrize(
    ("capture_name", "name"),
    [
        ("verify-name-tilde", "A~~~~b 1795373144.jpg"),
        ("verify-name-percent", "A%41b 1795373144.jpg"),
        ("verify-name-html-entity", "A&amp;b 1795373144.jpg"),
        ("verify-name-only-ext", ".jpg"),
        ("verify-name-too-long", "L" * 240 + ".jpg"),
    ],
)
def test_an_illegal_name_is_refused(client: WikiClient, capture_name: str, name: str) -> None:
    assert_like(client, client.chunk(name, a_picture()), f"{capture_name}-on-stash")
    answer = client.whole_file(name, a_picture(), ignorewarnings=1)
    assert_like(client, answer, f"{capture_name}-whole-file")


@pytest.mark.parametrize(
    "capture_name",
    [
        "verify-name-brackets",
        "verify-name-colon",
        "verify-name-double-space",
        "verify-name-hash",
        "verify-name-slash",
        "verify-no-extension",
    ],
)
def test_a_name_is_made_legal_letter_by_letter_as_the_wiki_does(
    client: WikiClient, capture_name: str
) -> None:
    recorded = capture(f"{capture_name}-on-stash")
    answer = client.chunk(recorded["request"]["params"]["filename"], content := a_picture())
    assert answer["upload"]["warnings"] == recorded["response"]["upload"]["warnings"]
    name = recorded["request"]["params"]["filename"]
    answer = client.publish(name, content, ignorewarnings=1)
    recorded = capture(f"{capture_name}-on-commit")
    assert answer["upload"]["filename"] == recorded["response"]["upload"]["filename"]
    title = recorded["response"]["upload"]["imageinfo"]["canonicaltitle"]
    assert answer["upload"]["imageinfo"]["canonicaltitle"] == title


@pytest.mark.parametrize(
    "capture_name", ["verify-name-240", "verify-name-unicode", "verify-name-uppercase-ext"]
)
def test_a_legal_name_stays_as_it_is(client: WikiClient, capture_name: str) -> None:
    recorded = capture(f"{capture_name}-on-commit")
    answer = client.publish(recorded["request"]["params"]["filename"], a_picture())
    assert answer["upload"]["filename"] == recorded["response"]["upload"]["filename"]
    path = recorded["response"]["upload"]["imageinfo"]["url"].partition("commons.test")[2]
    assert answer["upload"]["imageinfo"]["url"].endswith(path)


def test_a_picture_cut_in_half_is_accepted(client: WikiClient) -> None:
    answer = client.publish(a_name(), a_picture()[:2_000])
    assert answer["upload"]["result"] == "Success"
