"""What goes wrong before a byte reaches the wiki: bad titles, and sources in trouble."""

from __future__ import annotations

import pytest

from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.outcome import FailureType
from tests.builders import a_house
from tests.core.endings import ADDRESS, completed, delays, failed, requeued_for
from tests.fakes.wiki import fault

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def test_a_blacklisted_title_fails_with_the_wikis_reason_and_nothing_is_downloaded() -> None:
    house = a_house()
    house.wiki.blacklist.append(("Bridge", "No bridges, please."))
    upload_id = house.an_accepted_upload()
    house.work()
    failure = failed(house, upload_id)
    assert failure.type is FailureType.TITLE_BLACKLISTED
    assert failure.message == "No bridges, please."
    assert house.downloads.fetched == []


def test_where_the_blacklist_cannot_be_asked_the_upload_goes_on() -> None:
    house = a_house()
    house.wiki.fail_next("blacklist_reason", fault(FaultKind.UNFORESEEN, "no-such-module"))
    completed(house, house.an_accepted_upload())


def test_where_the_blacklist_could_not_be_asked_the_wiki_still_says_no() -> None:
    house = a_house()
    house.wiki.blacklist.append(("Bridge", "No bridges, please."))
    house.wiki.fail_next("blacklist_reason", fault(FaultKind.UNFORESEEN))
    upload_id = house.an_accepted_upload()
    house.work()
    told = failed(house, upload_id).message
    assert told.startswith("titleblacklist-forbidden-edit: No bridges, please.")


@pytest.mark.parametrize("where", ["metadata", "bytes"])
def test_a_source_in_trouble_is_tried_four_times_then_once_more_after_ten_minutes(
    where: str,
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    trouble = Fault(kind=FaultKind.SOURCE_TROUBLE, code="http-503")
    if where == "metadata":
        house.source.fail_next(*[trouble] * 8)
    else:
        house.downloads.fail_next(ADDRESS, *[trouble] * 8)
    assert delays(house, upload_id) == [600]
    assert failed(house, upload_id).code == "source_trouble"
    assert [each.total_seconds() for each in house.clock.slept] == [3, 5, 10] * 2
    assert house.wiki.files == {}


def test_a_source_that_recovers_in_time_is_forgiven() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.downloads.fail_next(ADDRESS, *[Fault(kind=FaultKind.SOURCE_TROUBLE)] * 7)
    completed(house, upload_id)


@pytest.mark.parametrize(
    ("kind", "code"),
    [(FaultKind.SOURCE_REFUSED, "http-403"), (FaultKind.IMAGE_MISSING, "")],
)
def test_a_source_that_refuses_fails_the_upload_at_once(kind: FaultKind, code: str) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.source.fail_next(Fault(kind=kind, code=code))
    assert delays(house, upload_id) == []
    assert failed(house, upload_id).code == kind.value


def test_a_picture_that_is_gone_from_its_source_says_so() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.downloads.offer(ADDRESS, b"", status=404)
    assert delays(house, upload_id) == []
    assert "http-404" in failed(house, upload_id).message


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (PNG, "image/png"),
        (b"<!DOCTYPE html><html></html>", "text/html"),
        (b"no picture at all", "of no type that we know"),
    ],
)
def test_what_is_not_the_picture_promised_fails_with_what_it_is(body: bytes, told: str) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.downloads.offer(ADDRESS, body)
    assert delays(house, upload_id) == []
    failure = failed(house, upload_id)
    assert failure.code == "not_an_image"
    assert told in failure.message
    assert "send" not in house.asked()


def test_an_empty_picture_fails() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.downloads.offer(ADDRESS, b"")
    assert delays(house, upload_id) == []
    assert failed(house, upload_id).code == "not_an_image"


def test_a_picture_larger_than_the_wiki_allows_fails_before_a_byte_is_sent() -> None:
    house = a_house()
    house.wiki.max_size = 2999
    upload_id = house.an_accepted_upload(size=3000)
    assert delays(house, upload_id) == []
    assert failed(house, upload_id).code == "too_large"
    assert "send" not in house.asked()


def test_an_error_page_of_the_source_is_asked_again() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.downloads.offer(ADDRESS, b"<?php echo 'sorry';", media_type="application/x-php")
    house.work()
    assert len(house.downloads.fetched) == 4
    assert requeued_for(house, upload_id) == 600
