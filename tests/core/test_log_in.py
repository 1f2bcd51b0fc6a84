"""A visitor logs in through the wiki."""

from __future__ import annotations

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.ids import UserId
from curator_core.use_cases.log_in import LoggedIn, LoginRefused
from tests.builders import House, a_house
from tests.fakes.wiki import FakeAccount

CALLBACK = "https://curator.example/auth/callback"


def log_in(house: House, account: FakeAccount) -> LoggedIn | LoginRefused:
    started = house.app.start_login(CALLBACK)
    back = house.login.allow(started.address, account)
    assert back.startswith(CALLBACK)
    return house.app.finish_login(started.request_token, back.partition("?")[2])


def test_a_visitor_who_says_yes_is_logged_in_and_remembered() -> None:
    house = a_house()
    account = house.wiki.add_account("Hedy")
    logged_in = log_in(house, account)
    assert isinstance(logged_in, LoggedIn)
    assert (logged_in.user.id, logged_in.user.username) == (account.user_id, "Hedy")
    assert house.database.committed.users[account.user_id].username == "Hedy"
    assert house.wiki.holder(logged_in.token) is account


def test_a_user_who_was_renamed_is_known_by_the_new_name() -> None:
    house = a_house()
    account = house.wiki.add_account("Hedy")
    log_in(house, account)
    account.name = "Hedy Lamarr"
    log_in(house, account)
    assert house.database.committed.users[account.user_id].username == "Hedy Lamarr"


def test_a_newcomer_is_refused_with_the_reasons_and_not_remembered() -> None:
    house = a_house()
    account = house.wiki.add_account("Hedy")
    account.edit_count, account.rights = 3, frozenset({"edit"})
    refused = log_in(house, account)
    assert isinstance(refused, LoginRefused)
    assert refused.username == "Hedy"
    assert len(refused.reasons) == 2
    assert account.user_id not in house.database.committed.users


def test_an_answer_to_another_handshake_is_not_accepted() -> None:
    house = a_house()
    account = house.wiki.add_account("Hedy")
    mine, theirs = house.app.start_login(CALLBACK), house.app.start_login(CALLBACK)
    query = house.login.allow(theirs.address, account).partition("?")[2]
    with pytest.raises(Faulted):
        house.app.finish_login(mine.request_token, query)
    assert UserId(account.user_id) not in house.database.committed.users


def test_a_login_shows_no_token() -> None:
    house = a_house()
    logged_in = log_in(house, house.wiki.add_account("Hedy"))
    assert isinstance(logged_in, LoggedIn)
    assert logged_in.token.secret not in repr(logged_in)
    assert logged_in.token.key not in repr(logged_in)
