"""Fernet: keys, and tokens that others sealed."""

import json

import pytest
from cryptography.fernet import Fernet

from curator_adapters.token_vault import FernetVault
from curator_core.domain.errors import TokenUnreadable
from curator_core.domain.ids import SealedToken
from curator_core.domain.user import AccessToken

KEY = Fernet.generate_key().decode()


def _sealed(plain: str) -> SealedToken:
    return SealedToken(Fernet(KEY).encrypt(plain.encode()).decode())


@pytest.mark.parametrize("plain", ['["k", "s"]', '{"key": "k", "secret": "s"}'])
def test_both_forms_of_a_stored_token_are_read(plain: str) -> None:
    assert FernetVault([KEY]).open(_sealed(plain)) == AccessToken(key="k", secret="s")


def test_a_token_is_stored_as_a_list_of_key_and_secret() -> None:
    sealed = FernetVault([KEY]).seal(AccessToken(key="k", secret="s"))

    assert json.loads(Fernet(KEY).decrypt(sealed)) == ["k", "s"]


@pytest.mark.parametrize(
    "plain",
    ["", "k", "null", "[]", '["k"]', '["k", "s", "x"]', '["k", 7]', '["", "s"]', "{}", "[["],
)
def test_anything_else_that_was_encrypted_is_unreadable(plain: str) -> None:
    with pytest.raises(TokenUnreadable) as refusal:
        FernetVault([KEY]).open(_sealed(plain))

    assert refusal.value.__cause__ is None


def test_a_text_that_was_tampered_with_is_unreadable() -> None:
    sealed = _sealed('["k", "s"]')
    tampered = SealedToken(sealed[:-10] + ("A" if sealed[-10] != "A" else "B") + sealed[-9:])

    with pytest.raises(TokenUnreadable):
        FernetVault([KEY]).open(tampered)


@pytest.mark.parametrize(
    "bad",
    ["", "too-short", "ünlesbar", KEY[:-4]],
    ids=["empty", "too short", "not ASCII", "cut off"],
)
def test_a_bad_key_is_refused_by_the_name_of_its_variable(bad: str) -> None:
    with pytest.raises(ValueError, match=r"TOKEN_ENCRYPTION_KEY: key 2 of 2") as refusal:
        FernetVault([KEY, bad])

    assert not bad or bad not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_no_key_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="TOKEN_ENCRYPTION_KEY"):
        FernetVault([])


def test_the_vault_does_not_show_its_keys() -> None:
    assert KEY not in repr(FernetVault([KEY]))
