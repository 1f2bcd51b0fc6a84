"""An error of the Action API, read from an answer's body and headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from curator_adapters.mediawiki.plain_text import plain_text_of_html, plain_text_of_wikitext

_NO_TEXT = "⧼"

# Whoever asks for more is asked again after a day: no upload is to wait for ever by a slip.
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiError:
    """`words` is all that the wiki says, in plain text; `names` are those of its messages and
    its further codes; `offset` the bytes that a chunked upload holds."""

    code: str
    words: str = ""
    names: tuple[str, ...] = ()
    offset: int | None = None
    retry_after: timedelta | None = None


def error_in(body: Mapping[str, Any], headers: Mapping[str, str]) -> ApiError | None:
    """The error that an answer holds (the first of several), or None where it holds none."""
    errors = body.get("errors")
    error = errors[0] if isinstance(errors, list) and errors else body.get("error")
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return None
    # `errorformat=plaintext` keeps everything but the text under `data`.
    details = {**error, **_dict(error.get("data"))}
    messages = [each for each in _list(details.get("messages")) if isinstance(each, dict)]
    names = [str(message.get("name", "")) for message in messages]
    further = headers.get("MediaWiki-API-Error", "").split(",")[1:]
    return ApiError(
        code=error["code"],
        words=_words(details, messages),
        names=(*names, *(code.strip() for code in further)),
        offset=_number(details.get("offset")),
        retry_after=retry_after_in(headers),
    )


def retry_after_in(headers: Mapping[str, str]) -> timedelta | None:
    """How long the server asks us to wait, a day at most: seconds, or a date by its own clock."""
    written = headers.get("Retry-After", "").strip()
    if written.isdecimal():
        return timedelta(seconds=min(int(written), _LONGEST_WAIT.total_seconds()))
    moment = _http_date(written)
    if moment is None:
        return None
    now = _http_date(headers.get("Date", "")) or datetime.now(UTC)
    return min(max(moment - now, timedelta(0)), _LONGEST_WAIT)


def _words(details: Mapping[str, Any], messages: list[dict[str, Any]]) -> str:
    texts = [plain_text_of_wikitext(str(details.get("info") or details.get("text") or ""))]
    texts += [plain_text_of_html(str(message.get("html", ""))) for message in messages]
    texts.append(plain_text_of_wikitext(str(details.get("readonlyreason", ""))))
    said: list[str] = []
    for text in texts:
        if text and not any(text in earlier for earlier in said):
            said.append(text)
    return " ".join(_spelled_out(text, details) for text in said)


def _spelled_out(text: str, details: Mapping[str, Any]) -> str:
    """The API leaves the wiki's own messages out and writes `⧼name⧽` for them (captures
    `abusefilter-warning-on-commit`, `titleblacklist-custom-on-commit`)."""
    name = text.strip("⧼⧽")
    if not text.startswith(_NO_TEXT) or not name.startswith(("abusefilter-", "titleblacklist-")):
        return name
    rule = _dict(details.get("abusefilter")).get("description")
    what = f"The rule is: {rule}. " if rule else ""
    return f"{what}The wiki explains it on its page MediaWiki:{name}."


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(written: object) -> int | None:
    # As text in `chunk-offset-too-high`.
    return int(str(written)) if str(written).isdecimal() else None


def _dict(thing: object) -> dict[str, Any]:
    return thing if isinstance(thing, dict) else {}


def _list(thing: object) -> list[Any]:
    return thing if isinstance(thing, list) else []
