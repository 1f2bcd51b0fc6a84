"""Publishing is not atomic: what parallel requests do to each other."""

import json
from collections import Counter
from contextlib import suppress

import pytest
import requests

from curator_cli.sandbox.settings import SandboxSettings
from tests.cli.sandbox.client import TIMEOUT, Json, WikiClient, at_once
from tests.cli.sandbox.conftest import a_name, a_picture

CONFLICT = "backend-fail-alreadyexists"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> SandboxSettings:
    """Publishing takes so long that requests meet in it on a busy machine too."""
    folder = tmp_path_factory.mktemp("races")
    return SandboxSettings(data_dir=folder, publish_seconds=1.0, uploads_per_minute=10_000)


def outcome(answer: Json) -> str:
    return str(answer["error"]["code"] if "error" in answer else answer["upload"]["result"])


def twin(client: WikiClient) -> WikiClient:
    """The same account over a connection of its own."""
    return WikiClient(client.base, client.settings, client.account)


def versions(client: WikiClient, name: str) -> list[str]:
    files = requests.get(f"{client.base}/sandbox/files", timeout=TIMEOUT).json()
    return [
        version["sha1"]
        for file in files
        if file["title"] == f"File:{name}"
        for version in file["revisions"]
    ]


def test_the_same_bytes_slip_through_under_several_names(client: WikiClient) -> None:
    content, names = a_picture(), [a_name() for _ in range(3)]
    keys = [client.stashed(name, content) for name in names]
    others = [twin(client) for _ in names]
    answers = at_once(
        *(lambda one=one, name=name, key=key: one.commit(name, key)
          for one, name, key in zip(others, names, keys, strict=True))
    )  # fmt: skip
    assert [outcome(answer) for answer in answers] == ["Success"] * 3


def test_one_key_is_published_under_several_names(client: WikiClient) -> None:
    names = [a_name() for _ in range(3)]
    key = client.stashed(names[0], a_picture())
    others = [twin(client) for _ in names]
    answers = at_once(
        *(lambda one=one, name=name: one.commit(name, key)
          for one, name in zip(others, names, strict=True))
    )  # fmt: skip
    assert [outcome(answer) for answer in answers] == ["Success"] * 3


def test_one_key_under_one_name_makes_a_second_version_or_a_conflict(client: WikiClient) -> None:
    name = a_name()
    key = client.stashed(name, a_picture())
    others = [twin(client) for _ in range(3)]
    answers = at_once(*(lambda one=one: one.commit(name, key) for one in others))
    counted = Counter(outcome(answer) for answer in answers)
    # A third one fits in only where the clock's second turns in between.
    assert counted in (Counter({"Success": 2, CONFLICT: 1}), Counter({"Success": 3}))
    assert len(versions(client, name)) == counted["Success"]


def test_other_bytes_under_one_name_take_each_others_place(client: WikiClient) -> None:
    name = a_name()
    keys = [client.stashed(name, a_picture()) for _ in range(3)]
    others = [twin(client) for _ in keys]
    answers = at_once(
        *(lambda one=one, key=key: one.commit(name, key)
          for one, key in zip(others, keys, strict=True))
    )  # fmt: skip
    counted = Counter(outcome(answer) for answer in answers)
    assert counted["Success"] >= 2
    refused = [answer["error"] for answer in answers if "error" in answer]
    assert all(error["code"] == CONFLICT and error["stasherrors"] for error in refused)
    answered = {answer["upload"]["imageinfo"]["sha1"] for answer in answers if "upload" in answer}
    assert set(versions(client, name)) == answered


def test_the_same_chunk_three_times_at_once_is_stored_once(client: WikiClient) -> None:
    name, content = a_name(), a_picture(12_000)
    first = client.chunk(name, content[:4_000], size=12_000, ignorewarnings=1)
    key = first["upload"]["filekey"]
    more = {"size": 12_000, "ignorewarnings": 1, "filekey": key}
    others = [twin(client) for _ in range(3)]
    answers = at_once(
        *(lambda one=one: one.chunk(name, content[4_000:8_000], offset=4_000, **more)
          for one in others)
    )  # fmt: skip
    # One that comes after the others have been stored meets the new offset.
    assert {outcome(answer) for answer in answers} <= {"Continue", "stashfailed"}
    last = client.chunk(name, content[8_000:], offset=8_000, **more)
    assert last["upload"]["imageinfo"]["size"] == 12_000


def test_parallel_statements_conflict(client: WikiClient) -> None:
    client.publish(name := a_name(), a_picture())
    others = [twin(client) for _ in range(3)]

    def describe(one: WikiClient, text: str) -> Json:
        data = json.dumps({"labels": {"en": {"language": "en", "value": text}}})
        return one.write(action="wbeditentity", site="commonswiki", title=f"File:{name}", data=data)

    answers = at_once(
        *(lambda one=one, n=n: describe(one, f"text {n}")
          for n, one in enumerate(others))
    )  # fmt: skip
    refused = [answer["error"] for answer in answers if "error" in answer]
    assert len(refused) < 3
    for error in refused:
        assert error["code"] == "failed-save"
        assert [one["name"] for one in error["messages"]][1] == "edit-conflict"


def test_parallel_edits_conflict(client: WikiClient) -> None:
    title = f"Commons:{a_name()}"
    client.write(action="edit", title=title, text="start")
    others = [twin(client) for _ in range(3)]
    answers = at_once(
        *(lambda one=one, n=n: one.write(action="edit", title=title, appendtext=f" {n}")
          for n, one in enumerate(others))
    )  # fmt: skip
    codes = {answer["error"]["code"] for answer in answers if "error" in answer}
    assert codes <= {"editconflict"}
    assert any("edit" in answer for answer in answers)


def test_a_publish_goes_on_when_its_client_has_gone(client: WikiClient) -> None:
    name = a_name()
    key = client.stashed(name, content := a_picture())
    asked = {"action": "upload", "filename": name, "filekey": key, "token": client.csrf,
             "format": "json", "formatversion": "2"}  # fmt: skip
    with suppress(requests.exceptions.ReadTimeout):
        client.http.post(f"{client.base}/w/api.php", data=asked, timeout=(5, 0.005))
    query = {"action": "query", "prop": "imageinfo", "titles": f"File:{name}", "iiprop": "size"}
    while "imageinfo" not in (page := client.get(**query)["query"]["pages"][0]):
        pass
    assert page["imageinfo"][0]["size"] == len(content)
