"""The story of an upload, through real adapters."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from curator_core.domain.history import EventKind
from curator_core.domain.ids import UploadId
from tests.system.house import item_of, system_house

pytestmark = pytest.mark.system

ODD = {"code": "internal_api_error_DBQueryError", "info": "A database query error."}


def test_what_the_wiki_said_is_told_and_when_it_was_asked_again(tmp_path: Path) -> None:
    fault: dict[str, Any] = {"kind": "upload:publish", "status": 200, "answer": {"error": ODD}}
    with system_house(tmp_path) as house:
        batch_id = house.accept("Sandbox bot", [item_of(house.photographs("bytes-edges")[0])])
        url = f"{house.sandbox_url}/sandbox/faults"
        requests.post(url, json=fault, timeout=10).raise_for_status()
        house.work_off(batch_id)
        (state,) = house.ports.reports.states(batch_id)
        told = house.application.show_history(UploadId(state.id))

    assert told is not None
    kinds = [each.event.kind for each in told]
    assert kinds == [
        EventKind.ACCEPTED,
        EventKind.ATTEMPT,
        *[EventKind.STEP] * 3,
        EventKind.FAULT,
        EventKind.STEP,
        EventKind.ENDED,
    ]
    (met,) = [each.event for each in told if each.event.kind is EventKind.FAULT]
    assert (met.step, met.code) == ("publish", ODD["code"])
    assert ODD["info"] in met.what
    assert met.until is not None
    assert met.until - met.at == timedelta(seconds=3)
