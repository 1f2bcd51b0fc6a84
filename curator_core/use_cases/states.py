"""What watchers are told of an upload."""

from __future__ import annotations

from curator_core.domain.upload import Upload
from curator_core.ports.reports import UploadState


def state_of(upload: Upload) -> UploadState:
    """The upload's state as `Progress` announces it."""
    return UploadState(
        id=upload.id,
        batch_id=upload.batch_id,
        status=upload.status,
        image_id=upload.image_id,
        handler=upload.handler,
        failure=upload.failure,
        success=upload.success,
    )
