"""Uploads in chunks: offsets, keys, and what happens to requests out of order."""

from typing import Any

import pytest

from curator_cli.sandbox.settings import SandboxSettings
from tests.cli.sandbox.client import Json, WikiClient, control
from tests.cli.sandbox.conftest import a_name, a_picture
from tests.cli.sandbox.shapes import assert_like, capture, shape

STEP = 4_000
SIZE = 18_000


@pytest.fixture
def content() -> bytes:
    return a_picture(SIZE)


class Session:
    """A file that is sent in chunks of `STEP` bytes, as far as a test wants it."""

    def __init__(self, client: WikiClient, content: bytes, chunks: int, **more: Any) -> None:
        self.client, self.content, self.name = client, content, a_name("Chunk")
        self.more = {"ignorewarnings": 1} | more
        self.key = ""
        for number in range(chunks):
            self.key = self.send(number * STEP)["upload"]["filekey"]

    def send(self, offset: int, step: int = STEP, **changes: Any) -> Json:
        asked: Json = {"filekey": self.key} if self.key else {}
        asked |= self.more | changes
        piece = self.content[offset : offset + step]
        name = asked.pop("filename", self.name)
        size = asked.pop("size", SIZE)
        return self.client.chunk(name, piece, offset=offset, size=size, **asked)


def test_a_file_in_chunks_gets_a_new_key_when_its_last_one_is_assembled(
    client: WikiClient, content: bytes
) -> None:
    session = Session(client, content, 0)
    first = session.send(0)
    assert_like(client, first, "ok-chunk-first")
    session.key = first["upload"]["filekey"]
    assert_like(client, session.send(STEP), "ok-chunk-middle")
    for offset in (2 * STEP, 3 * STEP):
        assert session.send(offset)["upload"]["filekey"] == session.key
    last = session.send(4 * STEP)
    assert_like(client, last, "ok-chunk-last")
    assert last["upload"]["filekey"] != session.key
    published = client.commit(session.name, last["upload"]["filekey"])
    assert_like(client, published, "ok-commit")
    assert published["upload"]["imageinfo"]["size"] == SIZE


@pytest.mark.parametrize(
    ("name", "chunks", "offset", "changes"),
    [
        ("chunk-offset-too-high", 1, 2 * STEP, {}),
        ("chunk-offset-too-low", 2, STEP - 10, {}),
        ("chunk-repeated", 2, STEP, {}),
        ("chunk-offset-zero-with-filekey", 2, 0, {}),
        ("chunk-beyond-filesize", 2, 2 * STEP, {"size": 2 * STEP + 1}),
        ("chunk-too-small", 2, 2 * STEP, {"step": 500}),
        ("chunk-filename-changed", 1, STEP, {"filename": "Other name.jpg"}),
        ("chunk-malformed-filekey", 2, 2 * STEP, {"filekey": "nonsense key!"}),
        ("chunk-unknown-filekey", 2, 2 * STEP, {"filekey": "1d3zzzzzzzzz.abcdef.4.jpg"}),
        ("chunk-nonzero-offset-without-filekey", 0, 2 * STEP, {}),
    ],
)
def test_a_chunk_is_answered_as_the_wiki_does(
    client: WikiClient, content: bytes, name: str, chunks: int, offset: int, changes: Json
) -> None:
    session = Session(client, content, chunks)
    assert_like(client, session.send(offset, **changes), name)


def test_a_wrong_offset_is_answered_with_the_right_one_as_text(
    client: WikiClient, content: bytes
) -> None:
    answer = Session(client, content, 2).send(3 * STEP)
    assert answer["error"]["offset"] == str(2 * STEP)


def test_the_wrong_offset_stands_where_the_recorded_one_does(
    client: WikiClient, content: bytes
) -> None:
    recorded = capture("chunk-offset-too-high")["response"]["error"]
    assert set(Session(client, content, 1).send(3 * STEP)["error"]) == set(recorded)


def test_another_users_key_is_refused(
    base: str, settings: SandboxSettings, client: WikiClient, content: bytes
) -> None:
    session = Session(client, content, 2)
    session.client = WikiClient(base, settings, "Second photographer")
    assert_like(session.client, session.send(2 * STEP), "chunk-other-users-filekey")


def test_half_a_file_tells_its_offset(client: WikiClient, content: bytes) -> None:
    session = Session(client, content, 2)
    answer = client.write(
        action="upload", filename=session.name, filekey=session.key, checkstatus=1
    )
    assert_like(client, answer, "checkstatus-uploading")
    assert answer["upload"]["offset"] == 2 * STEP


def test_a_whole_or_unknown_file_has_no_status(client: WikiClient, content: bytes) -> None:
    session = Session(client, content, 5)
    for key, name in (
        (session.key, "checkstatus-after-sync-assembly"),
        ("1d3zzzzzzzzz.abcdef.4.jpg", "checkstatus-unknown-key"),
    ):
        answer = client.write(action="upload", filename=session.name, filekey=key, checkstatus=1)
        assert_like(client, answer, name)


def test_after_assembly_neither_key_takes_another_chunk(client: WikiClient, content: bytes) -> None:
    session = Session(client, content, 4)
    old = session.key
    new = session.send(4 * STEP)["upload"]["filekey"]
    again = session.send(4 * STEP, filekey=old)
    assert_like(client, again, "chunk-after-complete-old-key")
    assert_like(client, session.send(4 * STEP, filekey=new), "chunk-after-complete-new-key")


def test_a_session_the_wiki_has_forgotten_takes_no_more_chunks(
    base: str, client: WikiClient, content: bytes
) -> None:
    session = Session(client, content, 2)
    control(base, "stash/lose-sessions")
    assert_like(client, session.send(2 * STEP), "chunk-session-status-gone")
    control(base, "stash/expire", key=session.key)
    assert_like(client, session.send(2 * STEP), "chunk-stash-row-expired")


@pytest.mark.parametrize("chunks", [1, 2])
def test_half_a_file_is_published_as_its_first_chunk_without_a_word(
    client: WikiClient, content: bytes, chunks: int
) -> None:
    session = Session(client, content, chunks)
    answer = client.commit(session.name, session.key, comment="x")
    assert answer["upload"]["imageinfo"]["size"] == STEP
    assert_like(client, answer, f"commit-while-incomplete-after-{chunks}-chunk{'s'[: chunks - 1]}")


def test_without_ignorewarnings_every_chunk_under_a_taken_name_gets_a_key_of_its_own(
    client: WikiClient, content: bytes
) -> None:
    client.publish(name := a_name(), a_picture())
    session = Session(client, content, 0)
    del session.more["ignorewarnings"]
    session.name = name
    keys = []
    for number in range(5):
        answer = session.send(number * STEP)
        assert_like(client, answer, "multichunk-exists-no-ignorewarnings")
        session.key = answer["upload"]["filekey"]
        keys.append(session.key)
    assert len(set(keys)) == 5


@pytest.mark.parametrize("more", [{}, {"ignorewarnings": 1}])
def test_a_duplicate_in_several_chunks_succeeds_with_a_warning_on_the_last(
    client: WikiClient, content: bytes, more: Json
) -> None:
    client.publish(a_name(), content)
    session = Session(client, content, 4)
    session.more = more
    answer = session.send(4 * STEP)
    name = (
        "multichunk-duplicate-ignorewarnings" if more else "multichunk-duplicate-no-ignorewarnings"
    )
    assert_like(client, answer, name)
    warned = client.commit(session.name, answer["upload"]["filekey"])
    assert_like(client, warned, "multichunk-duplicate-commit")


def test_a_taken_name_is_warned_of_with_every_chunk(client: WikiClient, content: bytes) -> None:
    client.publish(name := a_name(), a_picture())
    session = Session(client, content, 0)
    session.name = name
    recorded = capture("multichunk-exists-ignorewarnings")["sequence"]
    first = session.send(0)
    assert shape(first) == shape(recorded[0]["response"])
    session.key = first["upload"]["filekey"]
    for number in (1, 2, 3):
        assert session.send(number * STEP)["upload"]["warnings"] == first["upload"]["warnings"]
    assert_like(client, session.send(4 * STEP), "multichunk-exists-ignorewarnings")


def test_an_empty_chunk_is_refused(client: WikiClient) -> None:
    client.publish(name := a_name(), a_picture())
    assert_like(client, client.chunk(name, b""), "chunk-empty")
    answer = client.chunk(name, b"", ignorewarnings=1)
    assert_like(client, answer, "chunk-empty-ignorewarnings")


def test_a_size_beyond_the_limit_is_accepted_in_silence_but_for_a_note(client: WikiClient) -> None:
    client.publish(name := a_name(), a_picture())
    answer = client.chunk(name, a_picture(), size=6_442_450_944, ignorewarnings=1)
    assert_like(client, answer, "chunk-filesize-above-max")


def test_a_request_without_file_or_name_says_what_is_missing(client: WikiClient) -> None:
    nothing = client.write(action="upload", filename=a_name(), filesize=9, offset=0, stash=1)
    assert_like(client, nothing, "chunk-param-missing")
    sent = {"chunk": a_picture()}
    unnamed = client.write(sent, action="upload", filesize=4_000, offset=0, stash=1)
    assert_like(client, unnamed, "chunk-filename-missing")


def test_the_stash_lists_whole_and_half_files_of_the_user(
    base: str, client: WikiClient, content: bytes
) -> None:
    control(base, "stash/expire")
    half, whole = Session(client, content, 2), Session(client, content, 5)
    asked = {"action": "query", "list": "mystashedfiles", "msfprop": "size|type"}
    listed = client.get(**asked)["query"]["mystashedfiles"]
    recorded = capture("mystashedfiles")["response"]
    assert set(listed[0]) == set(recorded["query"]["mystashedfiles"][0])
    seen = {one["filekey"]: (one["status"], one["size"]) for one in listed}
    assert seen == {half.key: ("chunks", STEP), whole.key: ("finished", SIZE)}
    page = client.get(**asked, msflimit=1)
    assert shape(page["continue"]) == shape(recorded["continue"])


def test_a_stashed_file_shows_its_sha1_and_half_a_file_its_first_chunks(
    client: WikiClient, content: bytes
) -> None:
    half, whole = Session(client, content, 2), Session(client, content, 5)
    asked = {"action": "query", "prop": "stashimageinfo", "siiprop": "size|sha1|url|timestamp"}
    assert_like(client, client.get(**asked, siifilekey=half.key), "stashimageinfo-incomplete")
    answer = client.get(**asked, siifilekey=whole.key)
    assert_like(client, answer, "stashimageinfo-complete")
    assert answer["query"]["stashimageinfo"][0]["size"] == SIZE
    client.commit(whole.name, whole.key)
    assert_like(client, client.get(**asked, siifilekey=whole.key), "stashimageinfo-gone")
