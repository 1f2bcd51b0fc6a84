"""What was asked of the wiki, counted for demonstrations and tests."""

from collections import Counter, defaultdict
from collections.abc import MutableMapping
from typing import Any

from starlette.types import Receive

from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.titles import FILE_NAMESPACE, file_title, parse_title


class Figures:
    """Every API request since the start or the last reset, in the order in which they came."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Starts counting anew."""
        self._total = 0
        self._unattributed: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()
        self._by_title: dict[str, list[str]] = defaultdict(list)
        self._chunk_bytes: Counter[str] = Counter()
        self._body_bytes = 0
        self._form_bytes = 0

    def count(self, call: Call) -> None:
        """Counts a request under the titles that it names."""
        self._total += 1
        self._kinds[call.kind] += 1
        named = call.titles
        for text in named:
            title = _full(call, text)
            self._by_title[title].append(call.kind)
            chunk = call.parameters.files.get("chunk")
            if chunk is not None:
                self._chunk_bytes[title] += chunk.size or 0
        if not named:
            self._unattributed[call.kind] += 1

    def weighing(self, receive: Receive) -> Receive:
        """`receive`, with the bytes of bodies counted as they come, whole or broken off."""

        async def weighed() -> MutableMapping[str, Any]:
            message = await receive()
            self._body_bytes += len(message.get("body", b""))
            return message

        return weighed

    def count_form(self, length: int, files: int) -> None:
        """Counts what came whole, in `length` bytes, beside the `files` bytes of its files."""
        self._form_bytes += length - files

    def count_unread(self, why: str) -> None:
        """Counts a request that was refused before its action was known."""
        self._total += 1
        self._kinds["refused"] += 1
        self._errors[why] += 1

    def count_error(self, code: str) -> None:
        self._errors[code] += 1

    def as_json(self) -> dict[str, Any]:
        """The body of `GET /sandbox/requests`."""
        return {
            "total": self._total,
            "actions": dict(self._kinds),
            "files": {title: list(kinds) for title, kinds in self._by_title.items()},
            "bytes": dict(self._chunk_bytes),
            "body_bytes": self._body_bytes,
            "form_bytes": self._form_bytes,
            "unattributed": dict(self._unattributed),
            "errors": dict(self._errors),
        }


def _full(call: Call, text: str) -> str:
    named = parse_title(text)
    if call.action == "upload" and not (named and named.namespace == FILE_NAMESPACE):
        named = file_title(text)
    return named.full if named else text
