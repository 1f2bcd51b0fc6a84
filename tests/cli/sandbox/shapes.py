"""Recorded answers of a real wiki, and what of them must be the same here."""

import json
import re
from pathlib import Path
from typing import Any

from tests.cli.sandbox.client import Json, WikiClient

_CAPTURES = Path(__file__).parent / "captures"
# Values that are another each time; their form is compared instead.
_FORMS = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "<time>"),
    (re.compile(r"[0-9a-z]+\.[0-9a-z]+\.\d+\.[0-9a-z]+"), "<key>"),
    (re.compile(r"\bUploader2?\b|Sandbox photographer|Second photographer"), "<user>"),
    (re.compile(r"M\d+\$[0-9A-F-]{36}"), "<statement id>"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "<sha1>"),
    (re.compile(r"\bM\d+\b"), "<M-id>"),
    (re.compile(r"\b\d{14}!"), "<moment>!"),
    (re.compile(r"chunkedupload [0-9a-f]{12}"), "chunkedupload <digest>"),
    (re.compile(r"https?://[^/\s]+"), "<server>"),
    (re.compile(r"([/:])[0-9a-f]/[0-9a-f]{2}/"), r"\1<hashed>/"),
    (re.compile(r"(?:File:)?[^\"\[\]:/|<>]+?\.(?:jpe?g|JPE?G|png)\b"), "<file>"),
    (re.compile(r"-?\d+\.?\d*"), "<n>"),
)
# The sandbox says less here: rendered text, and what the capturing machine alone has.
_LEFT_OUT = {"html", "parsedcomment", "metadata", "extmetadata", "commonmetadata"}


def capture(name: str) -> Json:
    """Returns the recorded exchange `name` with note, request, response and perhaps sequence."""
    recorded: Json = json.loads((_CAPTURES / f"{name}.json").read_text())
    return recorded


def response(name: str) -> Json:
    """Returns the recorded answer of the exchange `name`."""
    answer: Json = capture(name)["response"]
    return answer


def shape(answer: Any) -> Any:
    """Returns `answer` with everything that differs from one wiki and one moment to the next
    replaced by what kind of thing it is."""
    if isinstance(answer, dict):
        return {_form(key): shape(value) for key, value in answer.items() if key not in _LEFT_OUT}
    if isinstance(answer, list):
        return [shape(value) for value in answer]
    if isinstance(answer, bool) or answer is None:
        return answer
    if isinstance(answer, (int, float)):
        return "<n>"
    return _form(answer)


def _form(text: str) -> str:
    for pattern, name in _FORMS:
        text = pattern.sub(name, text)
    return text


def assert_like(client: WikiClient, answer: Json, name: str) -> None:
    """The latest answer has the capture's shape, and names the same errors in its header."""
    recorded = capture(name)
    assert shape(answer) == shape(recorded["response"])
    assert client.error_header == recorded["response_headers"].get("MediaWiki-API-Error")
