"""What became of a slice, and of an upload after its worker left it."""

from __future__ import annotations

from datetime import timedelta

from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import Upload, UploadStatus
from curator_core.use_cases.add_uploads import SliceAccepted, SliceRefused
from tests.builders import QUEUED, House
from tests.fakes.sources import HOST
from tests.fakes.wiki import fault

ADDRESS = f"https://{HOST}/1001/original.jpg"
TITLE = "Bridge 1001.jpg"
STORAGE = fault(FaultKind.STASH_TROUBLE, "uploadstash-exception", "Could not store upload.")


def accepted(answer: SliceAccepted | SliceRefused) -> list[tuple[str, UploadStatus]]:
    """What the acknowledgement says of each item."""
    assert isinstance(answer, SliceAccepted), answer
    return [(item.image_id, item.status) for item in answer.items]


def refused(answer: SliceAccepted | SliceRefused) -> str:
    """Why nothing was accepted."""
    assert isinstance(answer, SliceRefused), answer
    return answer.reason


def failed(house: House, upload_id: UploadId) -> Failure:
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.FAILED
    assert upload.failure is not None
    return upload.failure


def requeued_for(house: House, upload_id: UploadId) -> float:
    """In how many seconds the upload is due again; it is queued in good order."""
    upload = house.upload(upload_id)
    assert upload.status is QUEUED, upload.failure
    assert upload.attempts == 0, "a requeue in good order uses up no attempt"
    assert upload.not_before is not None
    return (upload.not_before - house.clock.now()).total_seconds()


def delays(house: House, upload_id: UploadId, at_most: int = 6) -> list[float]:
    """For how long the upload is requeued, time after time, until it is finished."""
    waits: list[float] = []
    while True:
        house.work()
        if house.upload(upload_id).status.is_final:
            return waits
        waits.append(requeued_for(house, upload_id))
        assert len(waits) <= at_most, waits
        house.clock.advance(timedelta(seconds=waits[-1]))


def completed(house: House, upload_id: UploadId) -> Upload:
    house.work_to_the_end()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.COMPLETED, upload.failure
    assert [len(versions) for versions in house.wiki.files.values()] == [1]
    return upload
