"""An attempt goes on where the last one left off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from curator_core.domain.ids import UploadId
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from tests.builders import House, a_house
from tests.core.fate import Death


def a_half_sent_upload(house: House, size: int = 5000) -> UploadId:
    """Its worker was killed after two chunks."""
    upload_id = house.an_accepted_upload(size=size)
    attempt = house.app.process_upload.start(upload_id)
    assert attempt is not None

    def dies() -> None:
        raise Death

    # Two chunks and their checkpoints: every call before the third chunk is sent.
    calls = ["blacklist_reason", "image", "max_size", "fetch", "commit", "look", "hold"]
    house.fate.strike(len(calls) + len(["send", "commit"] * 2), dies, after=False)
    with pytest.raises(Death):
        house.app.process_upload.carry_out(attempt)
    assert house.upload(upload_id).checkpoint.offset == 2048
    house.clock.advance(timedelta(minutes=2))
    return upload_id


def test_a_half_sent_file_is_continued_where_the_wiki_has_it() -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    upload_id = a_half_sent_upload(house)
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert house.asked().count("send") == 5


def test_other_bytes_at_the_source_than_before_abandon_the_stash() -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    upload_id = a_half_sent_upload(house)
    data = house.a_picture(size=4000)
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert house.wiki.files["Bridge 1001.jpg"][0].data == data
    assert house.asked().count("send") == 2 + 4


def test_a_half_sent_file_that_the_wiki_has_lost_is_sent_from_the_start() -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    upload_id = a_half_sent_upload(house)
    house.wiki.lose_stash()
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert house.asked().count("send") == 2 + 5
