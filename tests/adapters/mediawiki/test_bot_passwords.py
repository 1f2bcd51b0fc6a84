"""Logging in with a bot password, at a real wiki."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from curator_adapters.mediawiki.authentication import BotPasswords
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UserId
from curator_core.domain.user import AccessToken
from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import PHOTOGRAPHER
from tests.real_wiki import RealWiki

USER = UserId("4")


@pytest.fixture
def real(mediawiki: RealWiki) -> RealWiki:
    """The wiki with nothing wrong."""
    mediawiki.calm()
    return mediawiki


def a_session(real: RealWiki) -> Wiki:
    return real.wikis().session(USER, real.grant(PHOTOGRAPHER))


def refusal(wiki: Wiki) -> FaultKind:
    with pytest.raises(Faulted) as caught:
        wiki.accounts.limits()
    return caught.value.fault.kind


def test_the_first_request_logs_in_and_the_others_need_not(real: RealWiki) -> None:
    wiki, before = a_session(real), real.total()

    wiki.accounts.limits()
    assert real.total() == before + 3

    wiki.accounts.limits()
    assert real.total() == before + 4


def test_threads_log_in_once(real: RealWiki) -> None:
    wiki, before = a_session(real), real.total()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: wiki.accounts.limits(), range(4)))

    assert real.total() == before + 2 + 4


def test_a_login_that_the_wiki_forgot_is_made_again_by_the_next_attempt(real: RealWiki) -> None:
    wiki = a_session(real)
    wiki.pages.save("Category:Before", "text", "a summary", None)
    real.forget_logins()

    assert refusal(wiki) is FaultKind.BAD_TOKEN

    # The write token went with the login.
    assert wiki.pages.save("Category:After", "text", "a summary", None)


def test_a_password_that_was_taken_back_ends_the_session(real: RealWiki) -> None:
    wiki = a_session(real)
    wiki.accounts.limits()
    real.revoke(PHOTOGRAPHER)

    assert refusal(wiki) is FaultKind.BAD_TOKEN
    assert refusal(wiki) is FaultKind.NO_GRANT


def test_a_wrong_password_is_told_and_shown_nowhere(
    real: RealWiki, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = AccessToken(key=f"{PHOTOGRAPHER}@curator", secret="the-wrong-password")
    wiki = real.wikis().session(USER, token)

    with pytest.raises(Faulted) as caught:
        wiki.accounts.limits()

    assert caught.value.fault.kind is FaultKind.NO_GRANT
    assert "Incorrect username or password" in caught.value.fault.info
    shown = f"{caught.value!r} {caught.value.fault!r} {BotPasswords().prove(token)!r}"
    assert "the-wrong-password" not in shown + caplog.text
