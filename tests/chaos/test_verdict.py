"""The verdict of a chaos run sees each promise that is broken, and is content otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.contributors import Wish
from tests.chaos.ledger import Row
from tests.chaos.verdict import Breach, Evidence, OnWiki, failures, judged

URL = "http://wiki.example/wiki/File:A.jpg"


def a_wish(image_id: str = "1", title: str = "A.jpg", **other: Any) -> Wish:
    given: dict[str, Any] = {
        "username": "Ada",
        "user_id": "101",
        "batch_id": 5,
        "image_id": image_id,
        "title": title,
        "sha1": f"sha1 of {image_id}",
        "size": 10,
        "status": "queued",
    }
    return Wish(**given | other)


def a_row(image_id: str = "1", title: str = "A.jpg", **other: Any) -> Row:
    given: dict[str, Any] = {
        "id": 1,
        "batch_id": 5,
        "username": "Ada",
        "image_id": image_id,
        "title": title,
        "status": "completed",
        "success": URL,
    }
    return Row(**given | other)


def statements(*image_ids: str) -> dict[str, list[Any]]:
    return {"P1947": [{"mainsnak": {"datavalue": {"value": each}}} for each in image_ids]}


def a_file(image_id: str = "1", title: str = "A.jpg", **other: Any) -> OnWiki:
    given: dict[str, Any] = {
        "title": title,
        "url": URL,
        "versions": ((f"sha1 of {image_id}", "Ada"),),
        "statements": statements(image_id),
        "captions": {"en": "A"},
    }
    return OnWiki(**given | other)


def evidence(**other: Any) -> Evidence:
    given: dict[str, Any] = {"wishes": [a_wish()], "rows": [a_row()], "files": [a_file()]}
    return Evidence(**given | other)


def breaches(given: Evidence) -> set[Breach]:
    return {violation.breach for violation in judged(given)}


def failed(code: str, **other: Any) -> Row:
    error = {"type": "error", "message": "No.", "code": code}
    return a_row(status="failed", success=None, error=error, **other)


def test_a_run_in_which_all_went_well_is_content() -> None:
    assert judged(evidence(seen={5: {"1": "completed"}})) == []


def test_an_acknowledged_upload_that_the_database_does_not_hold_is_lost() -> None:
    assert breaches(evidence(rows=[], files=[])) == {Breach.LOST}


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_an_upload_that_does_not_end_is_lost(status: str) -> None:
    waiting = a_row(status=status, success=None)
    assert breaches(evidence(rows=[waiting], files=[])) == {Breach.LOST}


def test_a_second_version_of_a_file_is_published_twice() -> None:
    again = a_file(versions=(("sha1 of 1", "Ada"), ("sha1 of 1", "Ada")))
    assert breaches(evidence(files=[again])) == {Breach.TWICE}


def test_the_same_bytes_under_two_titles_are_published_twice() -> None:
    wishes = [a_wish(), a_wish(title="B.jpg", batch_id=6)]
    rows = [a_row(), a_row(title="B.jpg", batch_id=6, id=2)]
    files = [a_file(), a_file(title="B.jpg")]
    assert breaches(evidence(wishes=wishes, rows=rows, files=files)) == {Breach.TWICE}


@pytest.mark.parametrize(
    "file",
    [
        a_file(versions=(("sha1 of another", "Ada"),)),
        a_file(versions=(("sha1 of 1", "Bob"),)),
        a_file(url="http://elsewhere.example"),
        a_file(statements={}),
        a_file(statements=statements("1", "1")),
        a_file(statements=statements("2")),
        a_file(statements=statements("1") | {"P170": [{}, {}]}),
        a_file(captions={}),
    ],
)
def test_a_file_that_is_not_what_was_asked_for_is_wrong(file: OnWiki) -> None:
    assert breaches(evidence(files=[file])) == {Breach.WRONG}


@pytest.mark.parametrize(
    "row",
    [
        a_row(holds=("an access token",)),
        a_row(username="Bob"),
        a_row(status="duplicate"),
        a_row(status="cancelled"),
        failed("storage"),
        failed("unreachable"),
    ],
)
def test_an_ending_that_does_not_fit_the_wiki_or_the_promise_is_wrong(row: Row) -> None:
    assert Breach.WRONG in breaches(evidence(rows=[row]))


def test_a_completed_upload_has_a_file() -> None:
    assert breaches(evidence(files=[])) == {Breach.WRONG}


def test_a_duplicate_has_an_original() -> None:
    rows = [a_row(status="duplicate", success=None)]
    assert breaches(evidence(rows=rows, files=[])) == {Breach.WRONG}


def test_two_who_want_the_same_bytes_get_one_file() -> None:
    wishes = [a_wish(), a_wish(title="B.jpg", batch_id=6)]
    second = a_row(title="B.jpg", batch_id=6, id=2, status="duplicated_sdc_not_updated")
    assert judged(evidence(wishes=wishes, rows=[a_row(), second])) == []


def test_a_file_that_nobody_asked_for_is_wrong() -> None:
    files = [a_file(), a_file(image_id="2", title="B.jpg")]
    assert breaches(evidence(files=files)) == {Breach.WRONG}


def test_an_upload_acknowledged_once_and_stored_twice_is_wrong() -> None:
    assert Breach.WRONG in breaches(evidence(rows=[a_row(), a_row(id=2)]))


def test_an_acknowledgement_is_for_an_upload_that_waits() -> None:
    assert breaches(evidence(wishes=[a_wish(status="failed")])) == {Breach.WRONG}


@pytest.mark.parametrize("seen", [{}, {"1": "queued"}, {"1": "completed", "2": "completed"}])
def test_a_batch_is_shown_as_it_is_stored(seen: Mapping[str, str]) -> None:
    assert breaches(evidence(seen={5: seen})) == {Breach.WRONG}


def test_a_batch_counts_what_it_holds() -> None:
    assert breaches(evidence(miscounted=[5])) == {Breach.WRONG}


def test_what_may_fail_by_chance_may_fail() -> None:
    rows = [failed("storage"), failed("poison", image_id="2", title="B.jpg", id=2)]
    wishes = [a_wish(), a_wish(image_id="2", title="B.jpg")]
    given = evidence(wishes=wishes, rows=rows, files=[])
    assert judged(given) == []
    assert [code for code, _ in failures(rows)] == ["storage", "poison"]


def test_a_failed_upload_that_says_that_it_was_published_may_be_on_the_wiki() -> None:
    row = replace(failed("edit_conflict"), success=URL)
    assert judged(evidence(rows=[row])) == []


def test_a_cancelled_upload_is_one_that_somebody_cancelled() -> None:
    row = a_row(status="cancelled", success=None)
    assert judged(evidence(rows=[row], files=[], cancelled=frozenset({5}))) == []
    assert breaches(evidence(rows=[row], files=[])) == {Breach.WRONG}


def test_a_retry_of_what_was_published_in_doubt_finds_its_own_file() -> None:
    doubtful = failed("poison")
    doubtful.error["message"] = "It may have been published all the same, as File:A.jpg."
    copy = a_row(id=2, batch_id=6, status="duplicate", success=None, retry_of=1)
    assert judged(evidence(rows=[doubtful, copy])) == []
