"""How many requests things cost, and what the sandbox says to wrong ones."""

from pathlib import Path

import pytest

from curator_adapters.mediawiki.authentication import Consumer
from curator_adapters.mediawiki.wiki import MediaWikis
from curator_core.domain.caption import Caption
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UserId
from curator_core.domain.merge import Additions
from curator_core.domain.statement import Snak, Statement, Text
from curator_core.ports.publisher import Published
from tests.contracts.wiki_bench import PHOTOGRAPHER, SECOND
from tests.pictures import a_title, on_disk, picture_bytes
from tests.sandbox import USER_AGENT, Sandbox


def test_a_file_of_one_chunk_costs_six_requests(sandbox: Sandbox, tmp_path: Path) -> None:
    wiki = sandbox.wikis().session(UserId("4"), sandbox.grant(PHOTOGRAPHER))
    file, title = on_disk(tmp_path, picture_bytes(100_000)), a_title()

    wiki.titles.blacklist_reason(title)
    wiki.files.look(file.sha1, title)
    sent = wiki.stash.send(title, file, 0, file.size, None)
    assert isinstance(
        wiki.publisher.publish(title, sent.key, "text", "summary", file.size), Published
    )
    additions = Additions(
        statements=(Statement(main=Snak("P1947", Text("1"))),),
        captions=(Caption(language="en", text="A view"),),
    )
    wiki.statements.write(title, additions, "summary")
    wiki.pages.refresh(title)

    assert sandbox.requests_for(title.text) == [
        "titleblacklist",
        "query",
        "upload:chunk",
        "upload:publish",
        "wbeditentity",
        "purge",
    ]
    assert sandbox.total() == 6


def test_the_largest_size_is_asked_once_for_all_users(sandbox: Sandbox) -> None:
    wikis = sandbox.wikis()

    for name, user_id in ((PHOTOGRAPHER, "4"), (SECOND, "6"), (PHOTOGRAPHER, "4")):
        wikis.session(UserId(user_id), sandbox.grant(name)).files.max_size()

    assert sandbox.total() == 1


def test_a_write_token_is_fetched_once(sandbox: Sandbox, tmp_path: Path) -> None:
    wiki = sandbox.wikis().session(UserId("4"), sandbox.grant(PHOTOGRAPHER))
    files = [on_disk(tmp_path, picture_bytes()) for _ in range(3)]

    for file in files:
        wiki.stash.send(a_title(), file, 0, file.size, None)

    assert sandbox.total() == 4


def test_a_refused_write_token_is_fetched_anew_by_the_next_attempt(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    wiki = sandbox.wikis().session(UserId("4"), sandbox.grant(PHOTOGRAPHER))
    file = on_disk(tmp_path, picture_bytes())
    wiki.files.look(file.sha1, a_title())
    sandbox.pull("tokens/expire")

    with pytest.raises(Faulted) as caught:
        wiki.stash.send(a_title(), file, 0, file.size, None)

    assert caught.value.fault.kind is FaultKind.BAD_TOKEN
    assert wiki.stash.send(a_title(), file, 0, file.size, None).assembled


def test_a_wiki_that_lags_or_is_busy_says_so(sandbox: Sandbox, tmp_path: Path) -> None:
    wiki = sandbox.wikis().session(UserId("4"), sandbox.grant(PHOTOGRAPHER))
    file = on_disk(tmp_path, picture_bytes())
    wiki.files.look(file.sha1, a_title())
    sandbox.pull("settings", lag=7.5)

    with pytest.raises(Faulted) as caught:
        wiki.stash.send(a_title(), file, 0, file.size, None)

    assert caught.value.fault.kind is FaultKind.BUSY
    assert caught.value.fault.retry_after is not None
    # Reading goes on meanwhile.
    assert wiki.files.look(file.sha1, a_title()).at_title is None


def test_a_wrong_consumer_secret_is_our_mistake(sandbox: Sandbox) -> None:
    wrong = Consumer(key=sandbox.consumer.key, secret="wrong")
    wikis = MediaWikis(sandbox.wiki_url, wrong, USER_AGENT)

    with pytest.raises(Faulted) as caught:
        wikis.session(UserId("4"), sandbox.grant(PHOTOGRAPHER)).accounts.limits()

    assert caught.value.fault.kind is FaultKind.MISCONFIGURED
    assert "Invalid signature" in caught.value.fault.info


def test_an_unknown_consumer_is_our_mistake(sandbox: Sandbox) -> None:
    wrong = Consumer(key="nobody", secret=sandbox.consumer.secret)
    wikis = MediaWikis(sandbox.wiki_url, wrong, USER_AGENT)

    with pytest.raises(Faulted) as caught:
        wikis.session(UserId("4"), sandbox.grant(PHOTOGRAPHER)).accounts.limits()

    assert caught.value.fault.kind is FaultKind.MISCONFIGURED
