"""OAuth 1.0a as MediaWiki's extension does it."""

import time
from urllib.parse import urlsplit

import mwoauth
import pytest
import requests
from requests_oauthlib import OAuth1

from curator_cli.sandbox.settings import SandboxSettings
from tests.cli.sandbox.client import PHOTOGRAPHER, TIMEOUT, WikiClient, control
from tests.cli.sandbox.shapes import assert_like

CALLBACK = "http://127.0.0.1:9/callback?from=curator"


@pytest.fixture
def handshaker(base: str, settings: SandboxSettings) -> mwoauth.Handshaker:
    consumer = mwoauth.ConsumerToken(settings.consumer_key, settings.consumer_secret)
    return mwoauth.Handshaker(
        f"{base}/w/index.php", consumer, callback=CALLBACK, user_agent="sandbox test"
    )


def allow(address: str, account: str = PHOTOGRAPHER) -> str:
    """Says yes on the page at `address` and returns where the browser is sent."""
    answer = requests.post(
        address, data={"account": account}, allow_redirects=False, timeout=TIMEOUT
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_mwoauth_logs_in_and_identifies_the_account_that_was_chosen(
    handshaker: mwoauth.Handshaker, settings: SandboxSettings
) -> None:
    address, pending = handshaker.initiate()
    target = allow(address, "Second photographer")
    access = handshaker.complete(pending, urlsplit(target).query)
    identity = handshaker.identify(access)
    assert target.startswith("http://127.0.0.1:9/callback?from=curator&oauth_verifier=")
    assert (identity["username"], identity["sub"]) == ("Second photographer", "6")
    assert identity["aud"] == settings.consumer_key
    expected = {"iss", "exp", "iat", "editcount", "confirmed_email", "blocked", "registered",
                "groups", "rights", "grants", "nonce"}  # fmt: skip
    assert expected <= set(identity)


def test_the_page_that_asks_names_the_consumer_and_all_accounts(
    handshaker: mwoauth.Handshaker, settings: SandboxSettings
) -> None:
    page = requests.get(handshaker.initiate()[0], timeout=TIMEOUT).text
    assert "Allow Curator to act for you?" in page
    assert all(account.name in page for account in settings.accounts)


def test_a_login_that_was_cancelled_cannot_be_completed(handshaker: mwoauth.Handshaker) -> None:
    address, pending = handshaker.initiate()
    answer = requests.post(address, data={"cancel": "1"}, allow_redirects=False, timeout=TIMEOUT)
    assert answer.status_code == 200
    with pytest.raises(TypeError):  # mwoauth finds no token in the refusal
        handshaker.complete(pending, f"oauth_token={pending.key}&oauth_verifier=x")


def test_a_login_is_completed_only_once(handshaker: mwoauth.Handshaker) -> None:
    address, pending = handshaker.initiate()
    query = urlsplit(allow(address)).query
    handshaker.complete(pending, query)
    with pytest.raises(TypeError):
        handshaker.complete(pending, query)


def test_a_wrong_consumer_secret_stops_the_handshake_at_its_start(
    base: str, settings: SandboxSettings
) -> None:
    consumer = mwoauth.ConsumerToken(settings.consumer_key, "not the secret")
    wrong = mwoauth.Handshaker(f"{base}/w/index.php", consumer, CALLBACK, "sandbox test")
    with pytest.raises(mwoauth.OAuthException, match="Invalid signature"):
        wrong.initiate()


def test_identify_refuses_a_token_that_was_taken_back(
    base: str, handshaker: mwoauth.Handshaker
) -> None:
    granted = control(base, "tokens", account="Newbie")
    access = mwoauth.AccessToken(granted["key"], granted["secret"])
    assert handshaker.identify(access)["username"] == "Newbie"
    control(base, "tokens/revoke", account="Newbie")
    with pytest.raises(mwoauth.OAuthException, match="No approved grant was found"):
        handshaker.identify(access)


def test_the_short_form_of_the_addresses_never_works(base: str, settings: SandboxSettings) -> None:
    signer = OAuth1(settings.consumer_key, settings.consumer_secret, callback_uri=CALLBACK)
    address = f"{base}/wiki/Special:OAuth/initiate"
    answer = requests.post(address, auth=signer, timeout=TIMEOUT)
    assert answer.text == "Error: An error occurred in the OAuth protocol: Invalid signature"


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("oauth-bad-consumer", {"client_key": "nobody"}),
        ("oauth-bad-consumer-secret", {"client_secret": "wrong"}),
        ("oauth-bad-access-token", {"resource_owner_key": "0" * 32}),
        ("oauth-bad-access-secret", {"resource_owner_secret": "wrong"}),
        ("oauth-old-timestamp", {"timestamp": "1"}),
    ],
)
def test_a_request_signed_wrongly_is_refused_as_the_wiki_does(
    client: WikiClient, name: str, changes: dict[str, str]
) -> None:
    client.http.auth = client.signer(**changes)
    try:
        assert_like(client, client.get(action="query", meta="userinfo"), name)
    finally:
        client.http.auth = client.signer()


def test_a_nonce_is_good_only_once(client: WikiClient) -> None:
    changes = {"nonce": "samenonce", "timestamp": str(int(time.time()))}
    client.http.auth = client.signer(**changes)
    try:
        first = client.get(action="query", meta="userinfo")
        second = client.get(action="query", meta="userinfo")
    finally:
        client.http.auth = client.signer()
    assert first["query"]["userinfo"]["name"] == PHOTOGRAPHER
    assert second["error"]["info"].endswith("Nonce already used: samenonce")


@pytest.fixture
def prepared(base: str, client: WikiClient) -> requests.PreparedRequest:
    data = {"action": "query", "meta": "userinfo", "format": "json", "formatversion": "2"}
    return requests.Request("POST", f"{base}/w/api.php", data=data, auth=client.signer()).prepare()


def test_a_form_that_was_changed_on_its_way_is_refused(
    prepared: requests.PreparedRequest,
) -> None:
    assert isinstance(prepared.body, (bytes, str))
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    prepared.body = body.replace(b"userinfo", b"siteinfo")
    answer = requests.Session().send(prepared, timeout=TIMEOUT).json()
    assert answer["error"]["info"].endswith("Invalid signature")
