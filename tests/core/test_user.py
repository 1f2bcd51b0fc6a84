"""Users, their tokens, and who may log in."""

import pytest

from curator_core.domain.ids import UserId
from curator_core.domain.user import AccessToken, Identity, User

ADA = User(id=UserId("7"), username="Ada")


def identity(*, rights: tuple[str, ...] = ("autoconfirmed",), edits: int = 50) -> Identity:
    return Identity(user=ADA, rights=frozenset(rights), edit_count=edits)


def test_an_autoconfirmed_user_with_fifty_edits_may_log_in() -> None:
    assert identity().login_refusals() == ()


def test_a_user_with_fewer_edits_is_told_how_many_are_asked_for() -> None:
    (reason,) = identity(edits=49).login_refusals()
    assert "49" in reason
    assert "50" in reason


def test_a_user_who_is_not_autoconfirmed_is_told_so() -> None:
    (reason,) = identity(rights=("edit",)).login_refusals()
    assert "autoconfirmed" in reason


def test_every_reason_is_told_at_once() -> None:
    blocked = Identity(user=ADA, blocked=True)
    assert len(blocked.login_refusals()) == 3


def test_a_token_shows_neither_half_of_itself() -> None:
    token = AccessToken(key="the-key", secret="the-secret")
    assert "the-key" not in f"{token} {token!r}"
    assert "the-secret" not in f"{token} {token!r}"


@pytest.mark.parametrize(("key", "secret"), [("", "s"), ("k", "")])
def test_half_a_token_does_not_exist(key: str, secret: str) -> None:
    with pytest.raises(ValueError, match="key and a secret"):
        AccessToken(key=key, secret=secret)


@pytest.mark.parametrize(("user_id", "name"), [("", "Ada"), ("7", "")])
def test_a_user_has_an_id_and_a_name(user_id: str, name: str) -> None:
    with pytest.raises(ValueError, match="id and a name"):
        User(id=UserId(user_id), username=name)
