"""A token is stored sealed, erased at the end, and told to nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.upload import UploadStatus
from tests.builders import House, a_house
from tests.fakes.wiki import fault


def goes_well(house: House) -> None:
    """Nothing is in the way."""


def is_a_duplicate(house: House) -> None:
    house.wiki.add_file("Tower.jpg", house.a_picture())


def has_a_taken_name(house: House) -> None:
    house.wiki.add_file("Bridge 1001.jpg", b"other bytes")


def is_blacklisted(house: House) -> None:
    house.wiki.blacklist.append(("Bridge", "No bridges, please."))


def is_refused(house: House) -> None:
    house.wiki.fail_next("publish", fault(FaultKind.REFUSED, "protectedpage", "Protected."))


def has_no_source(house: House) -> None:
    house.source.fail_next(Fault(kind=FaultKind.IMAGE_MISSING))


def has_no_session(house: House) -> None:
    house.wiki.revoke(house.wiki.accounts["Ada"])


def has_no_statements(house: House) -> None:
    house.wiki.fail_next("write", fault(FaultKind.REFUSED, "modification-failed", "Too long."))


def meets_a_surprise(house: House) -> None:
    token = house.ada_token

    def careless_library() -> None:
        raise RuntimeError(f"401 for Authorization: OAuth {token.key}, {token.secret}")

    house.fate.strike("send", careless_library)


ENDINGS: dict[Callable[[House], None], UploadStatus] = {
    goes_well: UploadStatus.COMPLETED,
    is_a_duplicate: UploadStatus.DUPLICATE_UPDATED,
    has_a_taken_name: UploadStatus.FAILED,
    is_blacklisted: UploadStatus.FAILED,
    is_refused: UploadStatus.FAILED,
    has_no_source: UploadStatus.FAILED,
    has_no_session: UploadStatus.FAILED,
    has_no_statements: UploadStatus.FAILED,
    meets_a_surprise: UploadStatus.FAILED,
}


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_however_an_upload_ends_its_token_is_erased_and_was_told_to_nobody(
    ending: Callable[[House], None],
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    sealed = house.upload(upload_id).sealed_token
    assert sealed is not None
    ending(house)
    house.work_to_the_end()
    upload = house.upload(upload_id)
    assert upload.status is ENDINGS[ending]
    assert upload.sealed_token is None
    told = repr(
        (
            house.database.committed.uploads,
            house.database.committed.history,
            house.progress.announced,
            house.queue.sent,
            house.database.reports.uploads(upload.batch_id),
            house.wiki.files,
            house.wiki.descriptions,
        )
    )
    for secret in (house.ada_token.key, house.ada_token.secret, sealed):
        assert secret not in told
