"""Requests to the wiki are counted by action and result."""

from pathlib import Path

import pytest

from curator_adapters.mediawiki.login import MediaWikiLogin
from curator_adapters.mediawiki.wiki import MediaWikis
from curator_core.domain.errors import Faulted
from curator_core.domain.ids import UserId
from curator_core.ports.meter import Figure
from tests.contracts.wiki_bench import PHOTOGRAPHER
from tests.fakes.meter import FakeMeter
from tests.pictures import a_title, on_disk, picture_bytes
from tests.sandbox import USER_AGENT, Sandbox
from tests.services import free_port


def counted(meter: FakeMeter) -> dict[tuple[str, ...], int]:
    """How many requests, by action and result."""
    return meter.of(Figure.WIKI_REQUESTS)


def test_every_request_is_counted_once(sandbox: Sandbox, tmp_path: Path) -> None:
    meter = FakeMeter()
    wikis = MediaWikis(sandbox.wiki_url, sandbox.consumer, USER_AGENT, meter=meter)
    wiki = wikis.session(UserId("4"), sandbox.grant(PHOTOGRAPHER))
    file, title = on_disk(tmp_path, picture_bytes()), a_title()

    wiki.titles.blacklist_reason(title)
    wiki.files.look(file.sha1, title)
    sent = wiki.stash.send(title, file, 0, file.size, None)
    wiki.publisher.publish(title, sent.key, "text", "summary", file.size)
    wiki.pages.refresh(title)

    assert counted(meter) == {
        ("titleblacklist", "ok"): 1,
        ("query", "ok"): 1,
        ("upload", "ok"): 2,
        ("purge", "ok"): 1,
    }
    assert sandbox.total() == 5


def test_what_the_wiki_refuses_is_counted_by_the_kind_of_fault(sandbox: Sandbox) -> None:
    meter = FakeMeter()
    wikis = MediaWikis(sandbox.wiki_url, sandbox.consumer, USER_AGENT, meter=meter)
    token = sandbox.grant(PHOTOGRAPHER)
    sandbox.pull("settings", lag=7.5)
    with pytest.raises(Faulted) as caught:
        wikis.session(UserId("4"), token).pages.refresh(a_title())
    assert counted(meter)["purge", caught.value.fault.kind.value] == 1


def test_a_wiki_that_is_not_there_is_counted_too(sandbox: Sandbox) -> None:
    meter, nowhere = FakeMeter(), f"http://127.0.0.1:{free_port()}/w"
    token = sandbox.grant(PHOTOGRAPHER)
    wiki = MediaWikis(nowhere, sandbox.consumer, USER_AGENT, meter=meter)
    with pytest.raises(Faulted):
        wiki.session(UserId("4"), token).titles.blacklist_reason(a_title())
    with pytest.raises(Faulted):
        MediaWikiLogin(nowhere, sandbox.consumer, USER_AGENT, meter=meter).identify(token)
    assert counted(meter) == {
        ("titleblacklist", "unreachable"): 1,
        ("oauth-identify", "unreachable"): 1,
    }


def test_the_steps_of_a_login_are_counted(sandbox: Sandbox) -> None:
    meter = FakeMeter()
    login = MediaWikiLogin(sandbox.wiki_url, sandbox.consumer, USER_AGENT, meter=meter)
    started = login.start("http://127.0.0.1:8000/auth/callback")
    query = sandbox.allow(started.address, PHOTOGRAPHER).partition("?")[2]
    login.identify(login.finish(started.request_token, query))
    assert counted(meter) == {
        ("oauth-initiate", "ok"): 1,
        ("oauth-token", "ok"): 1,
        ("oauth-identify", "ok"): 1,
    }
