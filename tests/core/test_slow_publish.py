"""A wiki that goes on with a publish request nobody waits for any more publishes once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from curator_core.domain.user import AccessToken
from tests.builders import House, a_house
from tests.core.fate import Death
from tests.fakes.wiki import FakeVersion, fault

TITLE = "Bridge 1001.jpg"
BROKEN = fault(FaultKind.UNREACHABLE, "", "The connection broke.")


def goes_on(house: House, for_seconds: int) -> None:
    """The wiki has seen nothing that speaks against the file, and writes it so much later."""
    wiki = house.wiki
    (stashed,) = wiki.stash.values()
    version = FakeVersion(data=bytes(stashed.data), uploader="Ada", uploaded_at=wiki.now())
    moment = house.clock.now() + timedelta(seconds=for_seconds)
    served = wiki.request
    written: list[FakeVersion] = []

    @contextmanager
    def request(token: AccessToken | None, action: str, title: str = "") -> Iterator[str]:
        if not written and house.clock.now() >= moment:
            written.append(replace(version, uploaded_at=wiki.now()))
            wiki.files.setdefault(TITLE, []).extend(written)
        with served(token, action, title) as name:
            yield name

    setattr(wiki, "request", request)  # noqa: B010 - plays another wiki


def a_connection_that_breaks(house: House, for_seconds: int) -> UploadId:
    upload_id = house.an_accepted_upload()

    def breaks() -> None:
        goes_on(house, for_seconds)
        raise BROKEN

    house.fate.strike("publish", breaks)
    house.work()
    return upload_id


def a_worker_that_dies(house: House, for_seconds: int) -> UploadId:
    upload_id = house.an_accepted_upload()

    def dies() -> None:
        goes_on(house, for_seconds)
        raise Death

    house.fate.strike("publish", dies)
    with pytest.raises(Death):
        house.work()
    return upload_id


def revisions(house: House) -> int:
    """How many there are once the wiki has ended with whatever it was asked."""
    house.clock.advance(timedelta(minutes=10))
    house.app.check_titles(user=house.ada, token=house.ada_token, titles=["Another.jpg"])
    return len(house.wiki.files[TITLE])


Happens = Callable[[House, int], UploadId]
SECONDS = pytest.mark.parametrize("seconds", [2, 20, 45, 100, 200, 290])


@SECONDS
@pytest.mark.parametrize("happens", [a_connection_that_breaks, a_worker_that_dies])
def test_it_is_published_once_however_long_the_wiki_takes(happens: Happens, seconds: int) -> None:
    house = a_house()
    upload_id = happens(house, seconds)
    house.work_to_the_end()
    assert revisions(house) == 1
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    # The one request that the wiki goes on with was never counted.
    assert "publish" not in house.asked()


@pytest.mark.parametrize("happens", [a_connection_that_breaks, a_worker_that_dies])
def test_without_patience_it_would_be_published_twice(happens: Happens) -> None:
    house = a_house(policy=Policy(publish_for=timedelta(0)))
    happens(house, 400)
    house.work_to_the_end()
    assert revisions(house) == 2


def test_a_request_that_reached_nobody_is_made_again_at_once() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    refused = replace(BROKEN.fault, no_effect=True)
    house.wiki.fail_next("publish", type(BROKEN)(refused), times=2)
    before = house.clock.now()
    house.work()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert house.clock.now() - before < timedelta(seconds=10)
