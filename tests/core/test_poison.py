"""An upload that stops its workers is stopped itself; one that gets on is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from curator_core.domain.errors import ServiceDown
from curator_core.domain.policy import Policy
from tests.builders import a_house
from tests.core.endings import completed, failed
from tests.core.fate import Death


def dies() -> None:
    raise Death


def test_outages_during_a_long_upload_that_gets_on_between_them_stop_nothing() -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    upload_id = house.an_accepted_upload(size=10_000)

    def database_goes_away() -> None:
        raise ServiceDown("database", "gone away")

    for chunk in range(1, 8):
        # The claim, the download and this attempt's chunk are stored, not the next one.
        house.fate.strike("send", lambda: house.fate.strike("send", database_goes_away))
        house.work()
        assert house.upload(upload_id).checkpoint.offset == 1024 * chunk
        house.clock.advance(timedelta(minutes=2))
    completed(house, upload_id)


def test_an_upload_that_may_be_published_is_not_called_failed_without_a_word_of_that() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    for _ in range(3):
        house.fate.strike("publish", dies)
        with pytest.raises(Death):
            house.work()
        house.clock.advance(timedelta(minutes=6))
    house.work()

    failure = failed(house, upload_id)
    assert failure.code == "poison"
    assert "may have been published" in failure.message
    assert "File:Bridge 1001.jpg" in failure.message


def test_an_upload_that_was_published_says_so_where_its_statements_stop_the_workers() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    for call in ("write", "read", "read"):
        house.fate.strike(call, dies)
        with pytest.raises(Death):
            house.work()
        house.clock.advance(timedelta(minutes=2))
    house.work()

    assert failed(house, upload_id).message.startswith("Published, but its statements")
    assert house.upload(upload_id).success == "https://wiki.test/wiki/File:Bridge_1001.jpg"
