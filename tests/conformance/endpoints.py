"""What is answered over HTTP, as the contract's table has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.conformance.contract import (
    BATCH_ITEM,
    BATCH_UPLOAD_ITEM,
    PRESET_ITEM,
    status,
    structured_error,
)
from tests.conformance.shapes import (
    Check,
    Shape,
    count,
    filled,
    many,
    one_of,
    or_null,
    text,
    timestamp,
    truth,
    whole,
)


def page_of(item: Check) -> Shape:
    """What every list of administration answers."""
    return Shape(items=many(item), total=count)


ADMIN_UPLOAD = BATCH_UPLOAD_ITEM.but(
    collection_opt=text, copyright_override=truth, celery_task_id_opt=filled
)
USER = Shape(userid=filled, username=filled, created_at=timestamp, updated_at=timestamp)
FAILED_UPLOAD = Shape(
    id=whole,
    filename=text,
    handler=filled,
    status=status,
    error=or_null(structured_error),
    createdAt=timestamp,
    errorType=one_of("duplicate", "rate_limit", "timeout", "auth", "network", "other"),
)
FAILED_GROUP = Shape(
    batch=Shape(
        id=whole,
        createdAt=timestamp,
        editGroupId=or_null(filled),
        handler=filled,
        failedCount=count,
        totalUploads=count,
    ),
    user=Shape(username=filled, userid=filled),
    failedUploads=many(FAILED_UPLOAD),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What a path answers when all is well: its status, and the body where that is JSON.

    `who`: everybody, somebody who is logged in, an administrator, or a machine with its key.
    """

    who: str
    status: int = 200
    body: Check | None = None


ENDPOINTS: Mapping[str, Endpoint] = {
    "GET /auth/login": Endpoint(who="everybody", status=302),
    "GET /auth/callback": Endpoint(who="everybody", status=302),
    "GET /auth/logout": Endpoint(who="everybody", status=302),
    "GET /auth/whoami": Endpoint(
        who="user", body=Shape(username=filled, userid=filled, authorized=truth)
    ),
    "POST /auth/register": Endpoint(who="machine", body=Shape(message=filled, username=filled)),
    "GET /api/admin/batches": Endpoint(who="administrator", body=page_of(BATCH_ITEM)),
    "GET /api/admin/users": Endpoint(who="administrator", body=page_of(USER)),
    "GET /api/admin/upload_requests": Endpoint(who="administrator", body=page_of(ADMIN_UPLOAD)),
    "PUT /api/admin/upload_requests/{id}": Endpoint(
        who="administrator", body=Shape(message=filled)
    ),
    "POST /api/admin/upload_requests/bulk-cancel": Endpoint(
        who="administrator", body=Shape(cancelled_count=count)
    ),
    "POST /api/admin/upload_requests/bulk-fail": Endpoint(
        who="administrator", body=Shape(failed_count=count)
    ),
    "GET /api/admin/presets": Endpoint(
        who="administrator", body=page_of(PRESET_ITEM.but(userid=filled))
    ),
    "GET /api/admin/failed_uploads": Endpoint(who="administrator", body=page_of(FAILED_GROUP)),
    "POST /api/admin/retry": Endpoint(
        who="administrator",
        body=Shape(
            message=filled,
            retried_count=count,
            requested_count=count,
            new_batch_id=or_null(whole),
        ),
    ),
    "GET /healthz": Endpoint(who="everybody"),
    "GET /readyz": Endpoint(who="everybody"),
    "GET /metrics": Endpoint(who="everybody"),
    "GET /": Endpoint(who="everybody"),
    "GET /assets/…": Endpoint(who="everybody"),
}
