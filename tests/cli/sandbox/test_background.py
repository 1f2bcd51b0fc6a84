"""`async=1` and `checkstatus`: what is queued, what a poll is told, and what came of it."""

from typing import Any

import pytest
import requests

from tests.cli.sandbox.client import Json, WikiClient, control
from tests.cli.sandbox.conftest import a_name, a_picture
from tests.cli.sandbox.shapes import assert_like, capture, shape

STEP, SIZE = 4_000, 6_000


@pytest.fixture(autouse=True)
def quick_jobs(base: str) -> None:
    control(base, "settings", job_seconds=0.05)


def last_chunk(client: WikiClient, name: str, content: bytes) -> Json:
    first = client.chunk(name, content[:STEP], size=len(content), ignorewarnings=1)
    key = first["upload"]["filekey"]
    return client.chunk(
        name,
        content[STEP:],
        offset=STEP,
        size=len(content),
        filekey=key,
        ignorewarnings=1,
        **{"async": 1},
    )


def status(client: WikiClient, name: str, key: str) -> Json:
    return client.write(action="upload", filename=name, filekey=key, checkstatus=1)


def polled(client: WikiClient, name: str, key: str) -> list[Json]:
    """Every answer until the end."""
    told = [status(client, name, key)]
    while told[-1].get("upload", {}).get("result") == "Poll":
        told.append(status(client, name, key))
    return told


def assembled(client: WikiClient, name: str, content: bytes) -> str:
    key = last_chunk(client, name, content)["upload"]["filekey"]
    whole: str = polled(client, name, key)[-1]["upload"]["filekey"]
    return whole


def assert_told_like(client: WikiClient, told: list[Json], name: str) -> None:
    """Each poll is like one that was recorded somewhere, the end like the recorded end."""
    longest = f"async-nochange-{'assemble' if 'assemble' in name else 'publish'}-poll"
    polls = [shape(each["reply"]) for each in capture(longest)["sequence"]]
    *waiting, _ = [shape(each) for each in told]
    assert waiting
    assert all(each in polls[:-1] for each in waiting)
    assert_like(client, told[-1], name)


def test_a_file_is_assembled_and_published_in_the_background(client: WikiClient) -> None:
    name, content = a_name("Async"), a_picture(SIZE)
    queued = last_chunk(client, name, content)
    assert_like(client, queued, "async-ok-last-chunk")
    told = polled(client, name, queued["upload"]["filekey"])
    assert_told_like(client, told, "async-ok-assemble-poll")
    key = told[-1]["upload"]["filekey"]
    assert key != queued["upload"]["filekey"]
    assert_like(client, client.commit(name, key, **{"async": 1}), "async-ok-commit")
    told = polled(client, name, key)
    assert_told_like(client, told, "async-ok-publish-poll")
    assert_like(client, status(client, name, key), "async-ok-checkstatus-again")
    again = client.commit(a_name(), key, **{"async": 1})
    assert_like(client, again, "async-commit-used-key")


def test_bytes_that_are_there_already_are_refused_before_they_are_queued(
    client: WikiClient,
) -> None:
    content, name = a_picture(SIZE), a_name("Async dup")
    client.publish(a_name("Async"), content)
    queued = last_chunk(client, name, content)
    assert_like(client, queued, "async-duplicate-last-chunk")
    told = polled(client, name, queued["upload"]["filekey"])
    assert_told_like(client, told, "async-duplicate-assemble-poll")
    key = told[-1]["upload"]["filekey"]
    answer = client.commit(name, key, **{"async": 1})
    assert_like(client, answer, "async-duplicate-commit")


def test_the_same_bytes_under_the_same_name_are_refused_at_the_end(client: WikiClient) -> None:
    content, name = a_picture(SIZE), a_name("Async")
    client.publish(name, content)
    queued = last_chunk(client, name, content)
    assert_like(client, queued, "async-nochange-last-chunk")
    told = polled(client, name, queued["upload"]["filekey"])
    assert_told_like(client, told, "async-nochange-assemble-poll")
    key = told[-1]["upload"]["filekey"]
    answer = client.commit(name, key, ignorewarnings=1, **{"async": 1})
    assert_like(client, answer, "async-nochange-commit-ignorewarnings")
    assert_told_like(client, polled(client, name, key), "async-nochange-publish-poll")


def test_a_file_of_another_type_fails_while_it_is_assembled(client: WikiClient) -> None:
    name, content = a_name("Async mime"), b"\x89PNG\r\n\x1a\n" + a_picture(SIZE)
    queued = last_chunk(client, name, content)
    assert_like(client, queued, "async-mime-mismatch-last-chunk")
    told = polled(client, name, queued["upload"]["filekey"])
    assert_told_like(client, told, "async-mime-mismatch-assemble-poll")


def test_what_is_under_way_is_not_begun_again(base: str, client: WikiClient) -> None:
    name, content = a_name("Async"), a_picture(SIZE)
    key = assembled(client, name, content)
    control(base, "settings", job_seconds=60)
    client.commit(name, key, **{"async": 1})

    again = client.commit(name, key, **{"async": 1})

    assert again["error"]["code"] == "publishfailed"
    control(base, "jobs/lose")


@pytest.mark.parametrize("under_way", [True, False])
def test_jobs_can_be_lost(base: str, client: WikiClient, under_way: bool) -> None:
    name, content = a_name("Async"), a_picture(SIZE)
    key = assembled(client, name, content)
    if under_way:
        control(base, "settings", job_seconds=60)
    client.commit(name, key, **{"async": 1})
    if not under_way:
        polled(client, name, key)
    control(base, "jobs/lose")

    assert_like(client, status(client, name, key), "checkstatus-unknown-key")
    assert is_there(client, name) is not under_way


def is_there(client: WikiClient, name: str) -> bool:
    (page,) = client.get(action="query", titles=f"File:{name}")["query"]["pages"]
    return "missing" not in page


def test_a_chunk_after_the_last_is_refused(base: str, client: WikiClient) -> None:
    name, content = a_name("Async"), a_picture(SIZE)
    control(base, "settings", job_seconds=60)
    key = last_chunk(client, name, content)["upload"]["filekey"]

    again: Any = client.chunk(
        name, content[STEP:], offset=STEP, size=SIZE, filekey=key, ignorewarnings=1, **{"async": 1}
    )

    assert again["error"]["code"] == "stashfailed"
    assert again["error"]["info"].startswith("Chunked upload is already completed")
    control(base, "jobs/lose")


def test_the_bytes_of_chunks_are_counted_by_title(base: str, client: WikiClient) -> None:
    control(base, "reset")
    name, content = a_name("Async"), a_picture(SIZE)
    client.stashed(name, content, STEP)

    told = requests.get(f"{base}/sandbox/requests", timeout=30).json()

    assert told["bytes"] == {f"File:{name}": SIZE}
    assert told["body_bytes"] - told["form_bytes"] == SIZE
