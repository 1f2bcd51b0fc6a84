"""What every `TokenVault` promises."""

from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet

from curator_adapters.token_vault import FernetVault
from curator_core.domain.errors import TokenUnreadable
from curator_core.domain.ids import SealedToken
from curator_core.domain.user import AccessToken
from curator_core.ports.token_vault import TokenVault
from tests.fakes.token_vault import FakeVault

TOKEN = AccessToken(key="e2b5ab30dd1d9cbb", secret="7a5ef2abf0da63d2")

MakeVault = Callable[..., TokenVault]


@pytest.fixture(params=["fake", "fernet"])
def vault_with(request: pytest.FixtureRequest) -> MakeVault:
    """Makes a vault with the named keys; the same name is the same key within a test."""
    if request.param == "fake":
        return FakeVault
    keys: dict[str, str] = {}

    def vault(*names: str) -> TokenVault:
        return FernetVault(
            [keys.setdefault(name, Fernet.generate_key().decode()) for name in names]
        )

    return vault


def test_what_was_sealed_opens_to_the_same_token(vault_with: MakeVault) -> None:
    vault = vault_with("key")

    assert vault.open(vault.seal(TOKEN)) == TOKEN


def test_tokens_of_any_text_come_back_whole(vault_with: MakeVault) -> None:
    vault = vault_with("key")
    strange = AccessToken(key='ключ "', secret="秘密,\n")

    assert vault.open(vault.seal(strange)) == strange


def test_the_sealed_text_shows_neither_half(vault_with: MakeVault) -> None:
    sealed = vault_with("key").seal(TOKEN)

    assert TOKEN.key not in sealed
    assert TOKEN.secret not in sealed


def test_the_same_token_gives_another_text_each_time(vault_with: MakeVault) -> None:
    vault = vault_with("key")

    assert vault.seal(TOKEN) != vault.seal(TOKEN)


def test_an_older_key_in_the_list_still_opens(vault_with: MakeVault) -> None:
    sealed = vault_with("old").seal(TOKEN)

    assert vault_with("new", "old").open(sealed) == TOKEN


def test_the_first_key_seals(vault_with: MakeVault) -> None:
    sealed = vault_with("new", "old").seal(TOKEN)

    assert vault_with("new").open(sealed) == TOKEN
    with pytest.raises(TokenUnreadable):
        vault_with("old").open(sealed)


@pytest.mark.parametrize("sealed", ["", "nonsense", "gAAAAABm", "ünlesbar", "\ud83d"])
def test_what_nobody_sealed_is_unreadable(vault_with: MakeVault, sealed: str) -> None:
    with pytest.raises(TokenUnreadable):
        vault_with("key").open(SealedToken(sealed))


def test_the_refusal_does_not_show_what_was_sealed(vault_with: MakeVault) -> None:
    sealed = vault_with("old").seal(TOKEN)

    with pytest.raises(TokenUnreadable) as refusal:
        vault_with("new").open(sealed)

    assert sealed not in str(refusal.value)
