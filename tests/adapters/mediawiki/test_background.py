"""What a real wiki told of files that it assembled and published in the background."""

import json
from pathlib import Path
from typing import Any

import pytest

from curator_adapters.mediawiki.authentication import Consumer
from curator_adapters.mediawiki.wiki import MediaWiki, MediaWikis
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import FileKey, Sha1, UserId
from curator_core.domain.user import AccessToken
from curator_core.ports.publisher import Pending, Published, Warned
from curator_core.ports.stash import ChunkSent
from tests.adapters.mediawiki.captured import captured
from tests.adapters.mediawiki.server import Reply, Script
from tests.pictures import a_title, on_disk, picture_bytes
from tests.sandbox import USER_AGENT

BACKGROUND = captured("background")
TOKEN = {"query": {"tokens": {"csrftoken": "token+\\"}}}
KEY = FileKey("1d3so0fuv9c4.fpvs35.4.jpg")
SIZE = 181_634
SHA1 = Sha1("500edae39def361fb52fb72762a378e666f95b1b")


def the_wiki(script: Script) -> MediaWiki:
    token = AccessToken(key="key", secret="secret")
    consumer = Consumer(key="consumer", secret="secret")
    wikis = MediaWikis(f"{script.url}/w", consumer, USER_AGENT, background_from=1)
    return wikis.session(UserId("4"), token)


def answers(script: Script, *names: str) -> None:
    told: list[Any] = [each for name in names for each in BACKGROUND[name]]
    script.replies = [Reply(body=json.dumps(each)) for each in (TOKEN, *told)]


def statuses(script: Script, name: str) -> list[ChunkSent | None]:
    answers(script, name)
    wiki = the_wiki(script)
    return [wiki.stash.status(a_title(), KEY, SIZE) for _ in BACKGROUND[name]]


def outcomes(script: Script, name: str) -> list[Published | Warned | Pending]:
    answers(script, name)
    wiki = the_wiki(script)
    return [wiki.publisher.outcome(a_title(), KEY) for _ in BACKGROUND[name]]


@pytest.mark.parametrize(
    "name", ["async-ok-last-chunk", "async-duplicate-last-chunk", "async-nochange-last-chunk"]
)
def test_a_last_chunk_that_is_queued_keeps_its_key(
    script: Script, tmp_path: Path, name: str
) -> None:
    answers(script, name)
    file = on_disk(tmp_path, picture_bytes(SIZE))

    sent = the_wiki(script).stash.send(a_title(), file, 180_000, SIZE - 180_000, KEY)

    key = BACKGROUND[name][0]["upload"]["filekey"]
    assert sent == ChunkSent(key=key, offset=SIZE, assembled=False, assembling=True)


@pytest.mark.parametrize(
    "name",
    ["async-ok-assemble-poll", "async-duplicate-assemble-poll", "async-nochange-assemble-poll"],
)
def test_an_assembly_is_told_until_it_is_done_whatever_the_wiki_warns_of(
    script: Script, name: str
) -> None:
    *waiting, done = statuses(script, name)

    assert len(waiting) >= 2
    under_way = ChunkSent(key=KEY, offset=SIZE, assembled=False, assembling=True)
    assert waiting == [under_way] * len(waiting)
    key = BACKGROUND[name][-1]["upload"]["filekey"]
    doubted = name != "async-ok-assemble-poll"
    assert done == ChunkSent(
        key=key, offset=SIZE, assembled=True, sha1=SHA1, size=SIZE, doubted=doubted
    )


def test_an_assembly_that_fails_says_why(script: Script) -> None:
    fault = fault_at_the_end(script, "async-mime-mismatch-assemble-poll")

    assert fault.kind is FaultKind.REFUSED
    assert fault.detail == "stashfailed: This file did not pass file verification."


def test_a_publish_that_is_queued_is_pending(script: Script) -> None:
    answers(script, "async-ok-commit")

    assert publish(the_wiki(script)) == Pending()


def publish(wiki: MediaWiki) -> Published | Warned | Pending:
    return wiki.publisher.publish(a_title(), KEY, "text", "summary", SIZE)


def test_a_publish_is_pending_until_it_is_done_and_the_end_may_be_asked_again(
    script: Script,
) -> None:
    *waiting, done = outcomes(script, "async-ok-publish-poll")

    assert waiting == [Pending()] * 3
    assert isinstance(done, Published)
    assert (done.title, done.sha1, done.size) == ("Async 1795373175.jpg", SHA1, SIZE)
    assert done.url == "http://commons.test/wiki/File:Async_1795373175.jpg"
    assert outcomes(script, "async-ok-checkstatus-again") == [done]


def test_a_duplicate_is_told_before_anything_is_queued(script: Script) -> None:
    answers(script, "async-duplicate-commit")

    assert publish(the_wiki(script)) == Warned(duplicates=("Async 1795373175.jpg",))


def test_a_publish_that_changes_nothing_says_so_at_the_end(script: Script) -> None:
    assert fault_at_the_end(script, "async-nochange-publish-poll").kind is FaultKind.NO_CHANGE


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("async-commit-used-key", FaultKind.STASH_GONE),
        ("ratelimited-upload-commit-async", FaultKind.RATE_LIMITED),
    ],
)
def test_a_publish_that_is_refused_is_not_pending(
    script: Script, name: str, kind: FaultKind
) -> None:
    answers(script, name)

    with pytest.raises(Faulted) as caught:
        publish(the_wiki(script))

    assert caught.value.fault.kind is kind


def test_a_publish_that_is_under_way_already_is_pending(script: Script) -> None:
    # Not recorded: the words are those of MediaWiki's source.
    error = {"code": "publishfailed", "info": "Upload from stash already in progress."}
    script.replies = [Reply(body=json.dumps(each)) for each in (TOKEN, {"error": error})]

    assert publish(the_wiki(script)) == Pending()


def fault_at_the_end(script: Script, name: str) -> Fault:
    with pytest.raises(Faulted) as caught:
        outcomes(script, name)
    assert len(script.seen) == len(BACKGROUND[name]) + 1
    return caught.value.fault
