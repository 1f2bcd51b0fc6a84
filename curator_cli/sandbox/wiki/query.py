"""`action=query`: pages, lists and facts about wiki and user, any of them in one request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from curator_cli.sandbox.wiki import query_lists, query_meta, query_pages
from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.clock import iso, now
from curator_cli.sandbox.wiki.errors import ApiError, Json
from curator_cli.sandbox.wiki.pages import Page
from curator_cli.sandbox.wiki.titles import Title, parse_title

_Built = TypeVar("_Built")
_META: dict[str, Callable[[Call], Json]] = {
    "tokens": query_meta.tokens,
    "userinfo": query_meta.userinfo,
    "siteinfo": query_meta.siteinfo,
}
_LISTS: dict[str, Callable[[Call], Json]] = {
    "allimages": query_lists.allimages,
    "categorymembers": query_lists.categorymembers,
    "mystashedfiles": query_lists.mystashedfiles,
    "filearchive": query_lists.filearchive,
}
_PAGE_PROPERTIES: dict[str, Callable[[Call, Title, Page | None], Json]] = {
    "imageinfo": query_pages.imageinfo,
    "info": query_pages.info,
    "revisions": query_pages.revisions,
}
# Real modules of MediaWiki that ask about something else than pages.
_STANDALONE_PROPERTIES = {"stashimageinfo": query_pages.stashimageinfo}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The titles of a request, made legal, and what was changed for it."""

    titles: list[Title]
    normalized: list[Json]
    invalid: list[str]


async def query(call: Call) -> Json:
    """Answers one `action=query`; every module that it names adds to one answer."""
    found: Json = {}
    for name in call.parameters.many("meta"):
        found |= _built(_META, "meta", name)(call)
    for name in call.parameters.many("list"):
        found |= _built(_LISTS, "list", name)(call)
    properties = call.parameters.many("prop")
    for name in properties:
        if name in _STANDALONE_PROPERTIES:
            found |= _STANDALONE_PROPERTIES[name](call)
    found |= _pages(call, [name for name in properties if name not in _STANDALONE_PROPERTIES])
    answer: Json = {"batchcomplete": True}
    continuation = found.pop("continue", None)
    if continuation:
        answer["continue"] = continuation
    if call.parameters.flag("curtimestamp"):
        answer["curtimestamp"] = iso(now())
    return answer | ({"query": found} if found else {})


def _built(table: dict[str, _Built], parameter: str, name: str) -> _Built:
    if name not in table:
        raise ApiError(
            "sandbox-not-built", f'The sandbox has no "{parameter}={name}" (MediaWiki may have it).'
        )
    return table[name]


def _asked(call: Call) -> _Asked:
    titles: list[Title] = []
    normalized: list[Json] = []
    invalid: list[str] = []
    for text in call.parameters.many("titles"):
        title = parse_title(text)
        if title is None:
            invalid.append(text)
            continue
        if title.full != text:
            normalized.append({"fromencoded": False, "from": text, "to": title.full})
        if title not in titles:
            titles.append(title)
    return _Asked(titles, normalized, invalid)


def _pages(call: Call, properties: list[str]) -> Json:
    if not call.parameters.flag("titles"):
        return {}
    asked = _asked(call)
    limit = 500 if call.user and "apihighlimits" in call.user.rights else 50
    if len(asked.titles) > limit:
        raise ApiError(
            "toomanyvalues",
            f'Too many values supplied for parameter "titles". The limit is {limit}.',
            extra={"parameter": "titles", "limit": limit, "lowlimit": 50, "highlimit": 500},
        )
    answers = [_built(_PAGE_PROPERTIES, "prop", name) for name in properties]
    missing: list[Json] = [
        {"title": text, "invalidreason": "The requested page title is invalid.", "invalid": True}
        for text in asked.invalid
    ]
    present: list[Json] = []
    for title in asked.titles:
        page = call.wiki.page(title)
        entry: Json = {"pageid": page.id} if page else {}
        entry |= {"ns": title.namespace, "title": title.full}
        entry |= {} if page else {"missing": True}
        for answer in answers:
            entry |= answer(call, title, page)
        (present if page else missing).append(entry)
    # Missing pages have negative ids, the last one the lowest (capture query-title-normalization).
    missing.reverse()
    present.sort(key=lambda entry: int(entry["pageid"]))
    normalized = {"normalized": asked.normalized} if asked.normalized else {}
    return normalized | {"pages": missing + present}
