"""What tests are about, made ready: name only what matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from curator_core.domain.ids import BatchId, ImageId, LeaseToken, SealedToken, UploadId, UserId
from curator_core.domain.upload import Lease, Upload, UploadStatus
from curator_core.use_cases.items import Item
from tests.fakes.clock import START

QUEUED = UploadStatus.QUEUED
IN_PROGRESS = UploadStatus.IN_PROGRESS

A_LEASE = Lease(token=LeaseToken("1" * 32), until=START + timedelta(seconds=60))


def an_item(id: str = "1001", **changes: Any) -> Item:  # noqa: A002 - the contract's own name
    """A picture as a contributor asks for it."""
    item = Item(
        id=id,
        collection="a-sequence",
        title=f"Bridge {id}.jpg",
        wikitext=f"== Summary ==\nBridge {id}",
        captions=(("en", f"Bridge number {id}"),),
    )
    return replace(item, **changes)


def an_upload(status: UploadStatus = QUEUED, **changes: Any) -> Upload:
    """An upload in any state, with the lease and the token that the state asks for."""
    fields: dict[str, Any] = {
        "id": UploadId(1),
        "batch_id": BatchId(1),
        "user_id": UserId("1"),
        "image_id": ImageId("1001"),
        "handler": "mapillary",
        "collection": "a-sequence",
        "filename": "Bridge 1001.jpg",
        "wikitext": "== Summary ==\nBridge 1001",
        "status": status,
        "sealed_token": None if status.is_final else SealedToken("sealed"),
        "lease": A_LEASE if status is IN_PROGRESS else None,
        "created_at": START,
        "updated_at": START,
    }
    return Upload(**fields | changes)
