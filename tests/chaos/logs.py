"""What the logs of a run say that they should not, and what they say of an upload."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_SURPRISES = ("something unforeseen", "the dispatcher stumbled")
_LINES_SHOWN = 40


def secrets_in(logs: Sequence[Path], secrets: Mapping[str, str]) -> list[str]:
    """Which secrets stand in which log, by their names."""
    return [
        f"{name} stands in {log.name}"
        for log in logs
        for name, secret in secrets.items()
        if secret.encode() in log.read_bytes()
    ]


def surprises_in(logs: Sequence[Path]) -> list[str]:
    """Each event that tells of a fault in Curator itself, and each trace outside of an event."""
    return [found for log in logs for found in _surprises(log)]


def about(logs: Sequence[Path], upload_id: int) -> list[str]:
    """What was logged of an upload, in its order."""
    found = []
    for log in logs:
        for line in _lines(log):
            event = _event(line)
            if event.get("upload_id") == upload_id:
                found.append((str(event.get("timestamp", "")), f"{log.stem}: {line}"))
    return [line for _, line in sorted(found)][-_LINES_SHOWN:]


def _surprises(log: Path) -> Iterator[str]:
    for line in _lines(log):
        event = _event(line)
        if event.get("event") in _SURPRISES or line.startswith("Traceback"):
            yield f"{log.name}: {line[:3000]}"


def _lines(log: Path) -> Iterator[str]:
    with log.open(errors="replace") as lines:
        for line in lines:
            yield line.rstrip("\n")


def _event(line: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
