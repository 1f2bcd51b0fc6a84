"""Structured data of files: entities read and written as Wikibase does it."""

import json
import re
from typing import Any

import pytest

from curator_cli.sandbox.wiki.properties import CONCEPTS
from tests.cli.sandbox.client import Json, WikiClient
from tests.cli.sandbox.conftest import a_name, a_picture
from tests.cli.sandbox.shapes import assert_like, capture, shape


class File:
    """A file on the wiki and what is written to its entity."""

    def __init__(self, client: WikiClient) -> None:
        self.client = client
        self.title = f"File:{a_name('WB')}"
        client.publish(self.title.removeprefix("File:"), a_picture())
        self.id = next(iter(self.read()))

    def read(self) -> Json:
        answer = self.client.get(action="wbgetentities", sites="commonswiki", titles=self.title)
        entities: Json = answer["entities"]
        return entities

    def write(self, data: Any, **more: Any) -> Json:
        text = data if isinstance(data, str) else json.dumps(data)
        asked = {"site": "commonswiki", "title": self.title} | more
        if "id" in more:
            del asked["site"], asked["title"]
        return self.client.write(action="wbeditentity", data=text, **asked)

    def label(self, value: str, language: str = "en", **more: Any) -> Json:
        term = {"language": language, "value": value}
        return self.write({"labels": {language: term}}, **more)


@pytest.fixture
def file(client: WikiClient) -> File:
    return File(client)


def recorded_data(name: str) -> str:
    data: str = capture(name)["request"]["params"]["data"]
    return data


def test_a_file_without_structured_data_is_missing_under_its_own_id(
    client: WikiClient, file: File
) -> None:
    answer = client.get(action="wbgetentities", ids=file.id)
    assert_like(client, answer, "wb-entity-without-slot")
    assert answer["entities"] == {file.id: {"id": file.id, "missing": ""}}


def test_only_what_was_asked_for_is_shown(client: WikiClient, file: File) -> None:
    file.label("A")
    ask = {"action": "wbgetentities", "sites": "commonswiki", "titles": file.title}

    def shown(props: str) -> Json:
        entity: Json = client.get(**ask, props=props)["entities"][file.id]
        return entity

    assert "lastrevid" not in shown("claims|labels")
    assert "statements" not in shown("info|labels")
    assert {"lastrevid", "statements", "labels"} <= shown("info|claims|labels").keys()
    assert shown("info|claims|labels|descriptions").keys() == file.read()[file.id].keys()


def test_what_is_not_there_is_missing(client: WikiClient) -> None:
    by_id = client.get(action="wbgetentities", ids="M99999999")
    by_title = client.get(
        action="wbgetentities", sites="commonswiki", titles="File:No such file.jpg"
    )
    assert by_id == capture("wbgetentities-missing-id")["response"]
    assert by_title == capture("wbgetentities-missing-title")["response"]


@pytest.mark.parametrize("name", ["wbgetentities-51-ids", "wbgetentities-bad-site"])
def test_a_question_that_cannot_be_answered_is_refused(client: WikiClient, name: str) -> None:
    recorded = capture(name)
    answer = client.get(**recorded["request"]["params"])
    expected = recorded["response"]
    for message in expected["error"].get("messages", []):
        message["html"] = expected["error"]["info"]
    assert answer == expected


def test_a_caption_is_the_first_thing_an_entity_gets(client: WikiClient, file: File) -> None:
    assert_like(client, file.label("A", id=file.id), "wb-edit-first-label")
    read = client.get(action="wbgetentities", ids=file.id)
    assert_like(client, read, "wb-entity-labels-only-formatversion2")
    assert_like(client, file.label("B"), "wb-edit-by-site-title")
    assert_like(client, file.label("B"), "wb-edit-nochange")


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("wb-label-leading-space", "  a  ", "a"),
        ("wb-label-newline", "a\nb", "a b"),
        ("wb-label-too-long", "x" * 251, None),
    ],
)
def test_captions_are_cleaned_and_limited(
    file: File, name: str, value: str, stored: str | None
) -> None:
    answer = file.label(value)
    if stored is None:
        assert shape(answer) == shape(capture(name)["response"])
    else:
        assert answer["entity"]["labels"]["en"]["value"] == stored
    assert "error" not in file.label("y" * 250)


def test_an_empty_caption_deletes_the_one_that_is_there(file: File) -> None:
    file.label("A")
    file.label("E", "de")
    assert list(file.label("")["entity"]["labels"]) == ["de"]


def snak(name: str, kind: str, value: Any) -> Json:
    datavalue = {"type": kind, "value": value}
    return {"snaktype": "value", "property": name, "datavalue": datavalue}


def claim(mainsnak: Json, **more: Any) -> Json:
    return {"mainsnak": mainsnak, "type": "statement", "rank": "normal"} | more


PLACE = {"latitude": 51.5, "longitude": -0.12, "precision": 0.0001}
DAY = {"time": "+2024-05-01T00:00:00Z", "timezone": 0, "before": 0, "after": 0, "precision": 11}
STATEMENTS = [
    claim(
        {"snaktype": "somevalue", "property": "P170"},
        qualifiers={"P2093": [snak("P2093", "string", "Jane Doe")]},
    ),
    claim(snak("P1259", "globecoordinate", PLACE | {"globe": f"{CONCEPTS}Q2"})),
    claim(snak("P275", "wikibase-entityid", {"entity-type": "item", "id": "Q20007257"})),
    claim(snak("P571", "time", DAY | {"calendarmodel": f"{CONCEPTS}Q1985727"})),
]


def without_hashes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_hashes(one) for key, one in value.items() if key not in ("hash", "id")}
    return [without_hashes(one) for one in value] if isinstance(value, list) else value


def test_statements_are_stored_in_the_form_in_which_the_wiki_stores_them(file: File) -> None:
    answer = file.write({"claims": STATEMENTS})
    recorded = capture("wbgetentities-mediainfo-full")["response"]["entities"]["M257"]
    stored = answer["entity"]["statements"]
    assert stored == file.read()[file.id]["statements"]
    for name, where in (("P275", 0), ("P571", 0)):
        assert without_hashes(stored[name][0]) == without_hashes(
            recorded["statements"][name][where]
        )
    creator, expected = stored["P170"][0], recorded["statements"]["P170"][1]
    assert list(creator) == list(expected)
    assert list(creator["qualifiers"]["P2093"][0]) == list(expected["qualifiers"]["P2093"][0])
    place = stored["P1259"][0]["mainsnak"]["datavalue"]
    assert place == recorded["statements"]["P1259"][0]["mainsnak"]["datavalue"]
    item = stored["P275"][0]["mainsnak"]["datavalue"]["value"]
    assert item == {"entity-type": "item", "numeric-id": 20007257, "id": "Q20007257"}
    for group in stored.values():
        assert re.fullmatch(rf"{re.escape(file.id)}\$[0-9A-F-]{{36}}", group[0]["id"])
        assert re.fullmatch(r"[0-9a-f]{40}", group[0]["mainsnak"]["hash"])


def test_a_statement_with_an_id_is_changed_and_one_without_is_added(file: File) -> None:
    stored = file.write({"claims": STATEMENTS[:1]})["entity"]["statements"]["P170"][0]
    changed = stored | {"rank": "preferred"}
    after = file.write({"claims": {"P170": [changed]}})["entity"]["statements"]["P170"]
    assert [(one["id"], one["rank"]) for one in after] == [(stored["id"], "preferred")]
    again = file.write({"claims": STATEMENTS[:1]})["entity"]["statements"]["P170"]
    assert len({one["id"] for one in again}) == 2
    left = file.write({"claims": [{"id": stored["id"], "remove": ""}]})["entity"]["statements"]
    assert [one["id"] for one in left["P170"]] == [again[1]["id"]]


def test_the_key_statements_changes_nothing(file: File) -> None:
    file.label("A")
    answer = file.write(recorded_data("wb-statements-key"))
    assert answer["entity"]["nochange"] is True
    assert answer["entity"]["statements"] == []
    assert file.write({})["entity"]["nochange"] is True


def test_clearing_removes_everything_else(client: WikiClient, file: File) -> None:
    file.write({"claims": STATEMENTS})
    assert_like(client, file.label("after clear", clear=1), "wb-clear")


def test_an_amount_without_a_sign_is_stored_with_one(file: File) -> None:
    answer = file.write(recorded_data("wb-bad-quantity"))
    snak = answer["entity"]["statements"]["P2049"][0]["mainsnak"]
    assert snak["datavalue"]["value"] == {"amount": "+400", "unit": "1"}


@pytest.mark.parametrize(
    "name",
    [
        "wb-bad-coordinate",
        "wb-bad-json",
        "wb-bad-time",
        "wb-bad-url",
        "wb-label-bad-language",
        "wb-string-too-long",
        "wb-string-untrimmed",
        "wb-string-with-newline",
        "wb-time-nonmidnight-day-precision",
        "wb-time-seconds-precision",
        "wb-unknown-item",
        "wb-unknown-property",
        "wb-wrong-value-type",
    ],
)
def test_data_that_wikibase_does_not_take_is_refused_in_its_words(
    client: WikiClient, file: File, name: str
) -> None:
    answer = file.write(recorded_data(name))
    expected = capture(name)["response"]["error"]
    assert answer["error"]["code"] == expected["code"]
    assert answer["error"]["info"] == expected["info"]
    names = [(one["name"], one["parameters"]) for one in answer["error"]["messages"]]
    assert names == [(one["name"], one["parameters"]) for one in expected["messages"]]
    assert client.error_header == expected["code"]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("wb-bad-id", {"id": "X1"}),
        ("wb-bad-site", {"site": "enwiki"}),
        ("wb-missing-entity-edit", {"id": "M99999999"}),
        ("wb-missing-title-edit", {"title": "File:Nope 1795373185.jpg"}),
        ("wb-edit-bogus-baserevid", {"baserevid": 999999999}),
    ],
)
def test_an_entity_that_is_not_there_cannot_be_written(
    client: WikiClient, file: File, name: str, changes: Json
) -> None:
    assert_like(client, file.label("x", **changes), name)


def test_a_stale_base_is_a_conflict_only_where_both_touch_the_same(
    client: WikiClient, file: File
) -> None:
    base = file.label("B")["entity"]["lastrevid"]
    file.label("C")
    conflict = file.label("D", baserevid=base)
    assert_like(client, conflict, "wb-edit-stale-baserevid-conflict")
    patched = file.label("E", "de", baserevid=base)
    assert_like(client, patched, "wb-edit-stale-baserevid-mergeable")


def test_a_statement_that_was_removed_meanwhile_cannot_be_changed(file: File) -> None:
    claim = {"mainsnak": {"snaktype": "somevalue", "property": "P170"}, "type": "statement"}
    written = file.write({"claims": [claim]})["entity"]
    there = written["statements"]["P170"][0]
    file.write({"claims": [{"id": there["id"], "remove": ""}]})

    conflict = file.write({"claims": [there]}, baserevid=written["lastrevid"])

    assert_like(file.client, conflict, "wb-edit-stale-baserevid-conflict")


@pytest.mark.parametrize("data", ['{"claims": "x"}', '{"claims": [1]}', '{"claims": [{}]}', "[]"])
def test_data_of_another_form_is_refused_and_breaks_nothing(file: File, data: str) -> None:
    assert file.write(data)["error"]["code"] in ("modification-failed", "invalid-json")
