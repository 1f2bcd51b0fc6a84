"""Sessions: what goes over the wire, what is kept, what is never shared."""

import hashlib
import json
import logging
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import requests

from curator_adapters.mediawiki.authentication import Consumer, OAuth
from curator_adapters.mediawiki.session import Timeouts, UserSession
from curator_adapters.mediawiki.wiki import MediaWiki, MediaWikis
from curator_core.domain.ids import FileKey, Sha1, UserId
from curator_core.domain.merge import Additions
from curator_core.domain.user import AccessToken
from curator_core.ports.downloads import LocalFile
from tests.adapters.mediawiki.server import Reply, Script
from tests.contracts.wiki_bench import PHOTOGRAPHER
from tests.pictures import a_title, on_disk, picture_bytes
from tests.sandbox import USER_AGENT, Sandbox

TOKEN = AccessToken(key="the-token-key", secret="the-token-secret")
CONSUMER = Consumer(key="the-consumer-key", secret="the-consumer-secret")
MIB = 1024 * 1024
CHUNK_TAKEN = Reply(body='{"upload": {"result": "Continue", "filekey": "a.b.4.jpg", "offset": 9}}')
NO_BLACKLIST = Reply(body='{"titleblacklist": {"result": "ok"}}')


def token_answer(token: str) -> Reply:
    return Reply(body=json.dumps({"query": {"tokens": {"csrftoken": token}}}))


def wikis_at(script: Script, keep: int = 100) -> MediaWikis:
    return MediaWikis(f"{script.url}/w", CONSUMER, USER_AGENT, keep=keep)


def wiki_at(script: Script) -> MediaWiki:
    return wikis_at(script).session(UserId("4"), TOKEN)


def test_uploads_that_start_together_share_one_fetch_of_the_token(script: Script) -> None:
    session = UserSession(OAuth(consumer=CONSUMER, token=TOKEN), USER_AGENT, Timeouts())
    fetches: list[str] = []
    together = Barrier(8)

    def fetch() -> str:
        fetches.append("one")
        return f"token {len(fetches)}"

    def ask(_: int) -> str:
        together.wait()
        return session.token(fetch)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {"token 1"}
    session.drop_token("an older one")
    assert session.token(fetch) == "token 1"


def test_every_request_says_who_asks_and_takes_gzip(script: Script) -> None:
    script.replies = [NO_BLACKLIST]

    wiki_at(script).titles.blacklist_reason(a_title())

    [seen] = script.seen
    assert seen.headers["User-Agent"] == USER_AGENT
    assert USER_AGENT.startswith("Curator/0.0 (tests@example.org) requests/")
    assert seen.headers["Accept-Encoding"] == "gzip"
    assert seen.headers["Authorization"].startswith("OAuth ")
    assert "formatversion=2" in seen.path
    assert "assert=user" in seen.path


def test_cookies_come_back_to_their_own_user_alone(script: Script) -> None:
    mine = Reply(body=NO_BLACKLIST.body, headers={"Set-Cookie": "session=mine; Path=/"})
    script.replies = [mine, NO_BLACKLIST]
    wikis = wikis_at(script)
    other = AccessToken(key="another", secret="another")

    for token in (TOKEN, TOKEN, other):
        wikis.session(UserId("4"), token).titles.blacklist_reason(a_title())

    cookies = [seen.headers.get("Cookie") for seen in script.seen]
    assert cookies == [None, "session=mine", None]


def test_the_session_that_was_not_used_for_longest_is_dropped(script: Script) -> None:
    wikis = wikis_at(script, keep=2)
    tokens = [AccessToken(key=name, secret="secret") for name in ("a", "b", "c")]
    first, second = (wikis.session(UserId("4"), token) for token in tokens[:2])
    assert wikis.session(UserId("4"), tokens[0]) is first

    wikis.session(UserId("4"), tokens[2])

    assert wikis.session(UserId("4"), tokens[0]) is first
    assert wikis.session(UserId("4"), tokens[1]) is not second


def test_cookies_that_come_and_go_do_no_harm_to_requests_at_the_same_time(
    script: Script,
) -> None:
    headers = (
        {"Set-Cookie": f"cookie{number % 7}={number}; Path=/; Max-Age={number % 2 * 60}"}
        for number in range(400)
    )
    script.replies = [Reply(body=NO_BLACKLIST.body, headers=each) for each in headers]
    wiki = wiki_at(script)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: wiki.titles.blacklist_reason(a_title()), range(200)))

    assert answers == [None] * 200


def peak_of(action: Callable[[], object]) -> int:
    """How many bytes of memory `action` takes at its peak."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_chunk_is_never_in_memory_as_a_whole(script: Script, tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    path.write_bytes(b"\xff" * (16 * MIB))
    file = LocalFile(path=path, size=32 * MIB, sha1=Sha1("0" * 40), head=b"")
    script.replies = [token_answer("t"), CHUNK_TAKEN]
    wiki = wiki_at(script)

    streamed = peak_of(lambda: wiki.stash.send(a_title(), file, 0, 16 * MIB, None))
    whole = peak_of(lambda: requests.post(script.url, data=path.read_bytes(), timeout=30))

    assert [seen.body_size >= 16 * MIB for seen in script.seen] == [False, True, True]
    assert whole >= 16 * MIB
    assert streamed < 2 * MIB


def test_the_bytes_of_every_piece_arrive_as_they_are(sandbox: Sandbox, tmp_path: Path) -> None:
    wiki = sandbox.wikis().session(UserId("4"), sandbox.grant(PHOTOGRAPHER))
    file, title = on_disk(tmp_path, picture_bytes(3 * 8192 + 4095)), a_title()
    key: FileKey | None = None

    for offset in range(0, file.size, 8191):
        length = min(8191, file.size - offset)
        sent = wiki.stash.send(title, file, offset, length, key)
        key = sent.key

    assert key is not None
    whole = wiki.stash.whole(key)
    assert whole is not None
    assert whole.sha1 == hashlib.sha1(file.path.read_bytes()).hexdigest()


def test_a_file_that_shrank_since_is_not_sent(script: Script, tmp_path: Path) -> None:
    path = tmp_path / "short.jpg"
    path.write_bytes(b"\xff" * 10)
    file = LocalFile(path=path, size=1000, sha1=Sha1("0" * 40), head=b"")
    script.replies = [token_answer("t"), CHUNK_TAKEN]

    with pytest.raises(EOFError):
        wiki_at(script).stash.send(a_title(), file, 0, 1000, None)


def test_no_proof_of_who_we_are_reaches_the_log(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = (TOKEN.key, TOKEN.secret, CONSUMER.secret, "the-write-token", "oauth_signature=")
    script.replies = [token_answer("the-write-token"), Reply(body='{"success": 1}')]
    statements = wiki_at(script).statements
    caplog.set_level(logging.DEBUG)

    statements.write(a_title(), Additions(), "summary")

    assert not any(secret in caplog.text for secret in secrets)
    # Without what opening a session does about it, they would:
    for name in ("oauthlib", "requests_oauthlib"):
        caplog.set_level(logging.DEBUG, logger=name)
    statements.write(a_title(), Additions(), "summary")
    assert "the-write-token" in caplog.text
    assert TOKEN.key in caplog.text
