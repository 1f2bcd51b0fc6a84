"""What administration answers, judged."""

from __future__ import annotations

from typing import Any

import requests

from tests.conformance.endpoints import ENDPOINTS
from tests.conformance.visitor import Visitor

UPLOADS = "/api/admin/upload_requests"
NOBODYS = 1_999_999_999


def body_of(answer: requests.Response, row: str) -> Any:
    assert answer.status_code == 200, answer.text
    check = ENDPOINTS[row].body
    assert check is not None
    check(answer.json(), row)
    return answer.json()


def listed(visitor: Visitor, path: str, **query: Any) -> Any:
    return body_of(visitor.get(path, params=query), f"GET {path}")


def faults_of(answer: requests.Response) -> list[Any]:
    """The entries of a request that does not validate."""
    assert answer.status_code == 422, f"{answer.status_code} {answer.text}"
    entries: list[Any] = answer.json()["detail"]
    assert isinstance(entries, list)
    assert entries
    return entries
