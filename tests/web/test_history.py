"""`FETCH_UPLOAD_HISTORY`."""

from __future__ import annotations

from tests.web.house import WebHouse
from tests.web.speaking import ask, error


def test_an_uploads_story_is_told_to_anybody(house: WebHouse) -> None:
    upload_id = house.an_accepted_upload("1001")
    house.work_to_the_end()
    with house.socket("Grace") as socket:
        message = ask(socket, "FETCH_UPLOAD_HISTORY", upload_id)
    assert message["type"] == "UPLOAD_HISTORY"
    assert message["data"]["id"] == upload_id
    events = message["data"]["events"]
    assert [each["kind"] for each in (events[0], events[1], events[-1])] == [
        "accepted",
        "attempt",
        "ended",
    ]
    assert all(each["at"].endswith("Z") and each["what"] for each in events)
    assert "code" not in events[0]


def test_an_upload_that_is_not_there_has_none(house: WebHouse) -> None:
    with house.socket() as socket:
        assert error(ask(socket, "FETCH_UPLOAD_HISTORY", 7)) == "There is no upload 7."
