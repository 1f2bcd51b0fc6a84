"""The handshake where the wiki, or our configuration of it, is not as it should be."""

import json
import logging
import time
from collections.abc import Callable

import jwt
import mwoauth.functions
import pytest
import requests

from curator_adapters.mediawiki.authentication import Consumer
from curator_adapters.mediawiki.login import MediaWikiLogin
from curator_adapters.mediawiki.session import Timeouts
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.user import AccessToken
from curator_core.ports.login import RequestToken
from tests.adapters.mediawiki.server import Reply, Script
from tests.contracts.wiki_bench import PHOTOGRAPHER
from tests.sandbox import USER_AGENT, Sandbox

CALLBACK = "http://127.0.0.1:8000/auth/callback"
CONSUMER = Consumer(key="the-consumer-key", secret="the-consumer-secret-of-32-bytes-")
TOKEN = AccessToken(key="the-token-key", secret="the-token-secret")
REQUEST_TOKEN = RequestToken(key="the-request-key", secret="the-request-secret")
CAME_BACK = "oauth_token=the-request-key&oauth_verifier=yes"
STEPS: dict[str, Callable[[MediaWikiLogin], object]] = {
    "start": lambda login: login.start(CALLBACK),
    "finish": lambda login: login.finish(REQUEST_TOKEN, CAME_BACK),
    "identify": lambda login: login.identify(TOKEN),
}


def fault_of(login: MediaWikiLogin, step: str) -> Fault:
    with pytest.raises(Faulted) as caught:
        STEPS[step](login)
    said = f"{caught.value} {caught.value.fault}"
    assert not any(f"the-{what}-secret" in said for what in ("consumer", "token", "request"))
    return caught.value.fault


def login_at(script: Script, read: float = 5) -> MediaWikiLogin:
    timeouts = Timeouts(connect=5, read=read)
    return MediaWikiLogin(f"{script.url}/w", CONSUMER, USER_AGENT, timeouts=timeouts)


@pytest.mark.parametrize("step", STEPS)
def test_a_wrong_consumer_secret_is_our_mistake(sandbox: Sandbox, step: str) -> None:
    token = sandbox.grant(PHOTOGRAPHER)
    started = sandbox.login().start(CALLBACK)
    query = sandbox.allow(started.address, PHOTOGRAPHER).partition("?")[2]
    mistaken = Consumer(key=sandbox.consumer.key, secret="wrong")
    login = MediaWikiLogin(sandbox.wiki_url, mistaken, USER_AGENT)
    steps: dict[str, Callable[[], object]] = {
        "start": lambda: login.start(CALLBACK),
        "finish": lambda: login.finish(started.request_token, query),
        "identify": lambda: login.identify(token),
    }

    with pytest.raises(Faulted) as caught:
        steps[step]()

    assert caught.value.fault.kind is FaultKind.MISCONFIGURED
    assert "Invalid signature" in caught.value.fault.info


def test_a_wiki_that_goes_by_another_name_is_our_mistake(sandbox: Sandbox) -> None:
    other_name = sandbox.wiki_url.replace("127.0.0.1", "localhost")
    login = MediaWikiLogin(other_name, sandbox.consumer, USER_AGENT)

    with pytest.raises(Faulted) as caught:
        login.identify(sandbox.grant(PHOTOGRAPHER))

    assert caught.value.fault.kind is FaultKind.MISCONFIGURED
    assert f"another name than {other_name}" in caught.value.fault.info


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_that_differs_from_the_wikis_is_our_mistake(script: Script, minutes: int) -> None:
    then = int(time.time()) + minutes * 60
    claims = {
        "iss": script.url,
        "aud": CONSUMER.key,
        "iat": then,
        "exp": then + 100,
        "sub": "4",
        "username": "Somebody",
    }
    script.replies = [Reply(body=jwt.encode(claims, CONSUMER.secret, algorithm="HS256"))]

    fault = fault_of(login_at(script), "identify")

    assert (fault.kind, fault.code) == (FaultKind.MISCONFIGURED, "clock")


def test_an_identity_that_others_signed_proves_nothing(script: Script) -> None:
    claims = {"iss": script.url, "aud": CONSUMER.key, "sub": "4", "username": "Somebody"}
    script.replies = [Reply(body=jwt.encode(claims, "of-somebody-else" * 3, algorithm="HS256"))]

    assert fault_of(login_at(script), "identify").kind is FaultKind.UNREACHABLE


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "reply",
    [
        Reply(body="<!DOCTYPE html><title>A site</title>"),
        Reply(body=""),
        Reply(body="nothing=here"),
        Reply(body="{}"),
        Reply(status=404, body="no"),
        Reply(status=502),
        Reply(status=302, headers={"Location": "/elsewhere"}),
        Reply(body="oauth_token=", breaks=True),
    ],
    ids=["html", "nothing", "no tokens", "an object", "404", "502", "redirect", "broken"],
)
def test_what_is_no_answer_of_the_extension_names_the_address(
    script: Script, step: str, reply: Reply
) -> None:
    script.replies = [reply]

    fault = fault_of(login_at(script), step)

    is_odd = reply.status in (302, 404)
    assert fault.kind is (FaultKind.ODD_ANSWER if is_odd else FaultKind.UNREACHABLE)
    assert f"{script.url}/w" in fault.info
    assert len(script.seen) == 1


@pytest.mark.parametrize("step", STEPS)
def test_an_answer_that_never_comes_is_given_up(script: Script, step: str) -> None:
    script.replies = [Reply(hangs=True)]

    fault = fault_of(login_at(script, read=0.2), step)

    assert fault.kind is FaultKind.UNREACHABLE
    assert fault.info.endswith("it took too long to answer.")


@pytest.mark.parametrize("step", STEPS)
def test_a_busy_wiki_says_so(script: Script, step: str) -> None:
    script.replies = [Reply(status=503, headers={"Retry-After": "7"})]

    assert fault_of(login_at(script), step).kind is FaultKind.BUSY


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("Error: An error occurred in the OAuth protocol: Invalid consumer", "misconfigured"),
        ("Error: An error occurred in the OAuth protocol: Expired timestamp, …", "misconfigured"),
        ("Error: An error occurred in the OAuth protocol: Nonce already used: x", "nonce_used"),
        ("Error: No approved grant was found for that authorization token.", "no_grant"),
        ("Error: The consumer is not allowed to do that.", "refused"),
        (
            json.dumps({"error": "mwoauth-invalid-user", "message": "No such user."}),
            "refused",
        ),
    ],
)
@pytest.mark.parametrize("step", STEPS)
def test_what_the_extension_says_no_to_keeps_its_words(
    script: Script, step: str, body: str, kind: str
) -> None:
    script.replies = [Reply(body=body)]

    fault = fault_of(login_at(script), step)

    assert fault.kind.value == kind
    assert fault.info in body


def test_the_visitor_is_sent_to_the_long_form_of_the_address(sandbox: Sandbox) -> None:
    started = sandbox.login().start(CALLBACK)

    assert started.address.startswith(f"{sandbox.wiki_url}/index.php?title=Special%3AOAuth%2F")
    assert started.request_token.secret not in started.address


def test_mwoauth_stays_as_it_is_for_everybody_else(script: Script) -> None:
    login_at(script)

    assert mwoauth.functions.requests is requests


def test_a_handshake_leaves_no_secret_in_the_log(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    login = sandbox.login()

    started = login.start(CALLBACK)
    query = sandbox.allow(started.address, PHOTOGRAPHER).partition("?")[2]
    token = login.finish(started.request_token, query)
    login.identify(token)

    secrets = (started.request_token.secret, token.key, token.secret, sandbox.consumer.secret)
    assert not any(secret in caplog.text for secret in secrets)
