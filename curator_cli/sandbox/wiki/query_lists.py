"""`list=` of `action=query`: files by their SHA-1, the user's stash, deleted files."""

import re

from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.errors import ApiError, Json
from curator_cli.sandbox.wiki.imageinfo import selected
from curator_cli.sandbox.wiki.pages import Page
from curator_cli.sandbox.wiki.titles import FILE_NAMESPACE, parse_title

_CATEGORY_LINK = re.compile(r"\[\[\s*(Category:[^]|]+)(?:\|([^]]*))?]]", re.IGNORECASE)
_CATEGORY_NAMESPACE = 14
_SHA1 = re.compile(r"[0-9a-fA-F]{40}\Z")


def allimages(call: Call) -> Json:
    """Capture query-allimages-sha1; by SHA-1, or all by name from `aifrom` or `aiprefix`."""
    ask = call.parameters
    if ask.flag("aisha1"):
        pages = call.wiki.files_with(_checked_sha1(ask.get("aisha1")))
    else:
        first, prefix = (ask.get(name).replace("_", " ") for name in ("aifrom", "aiprefix"))
        pages = [
            page
            for page in call.wiki.files()
            if page.title.text >= first and page.title.text.startswith(prefix)
        ]
    pages = sorted(pages, key=lambda page: page.title.key)
    limit = _limit(ask.get("ailimit", "10"))
    wanted = ask.many("aiprop", "timestamp|url")
    return {"allimages": [_listed(call, page, wanted) for page in pages[:limit]]}


def _listed(call: Call, page: Page, wanted: list[str]) -> Json:
    assert page.file is not None
    return {
        "name": page.title.key,
        **selected(page, page.file, call.wiki.addresses, wanted),
        "ns": FILE_NAMESPACE,
        "title": page.title.full,
    }


def mystashedfiles(call: Call) -> Json:
    """Capture mystashedfiles: `chunks` for what came in chunks and is not assembled."""
    user = call.logged_in("stashnotloggedin")
    limit = _limit(call.parameters.get("msflimit", "10"))
    start = call.parameters.number("msfcontinue")
    wanted = call.parameters.many("msfprop")
    rows = call.wiki.stash.of(user)
    shown: list[Json] = []
    for row in rows[start : start + limit]:
        entry: Json = {"filekey": row.key, "status": "chunks" if row.in_chunks else "finished"}
        blob = row.blob
        if "size" in wanted:
            entry |= {"size": blob.size, "width": blob.width, "height": blob.height, "bits": 8}
        if "type" in wanted:
            entry |= {"mimetype": blob.mime, "mediatype": "BITMAP"}
        shown.append(entry)
    found: Json = {"mystashedfiles": shown}
    if start + limit < len(rows):
        found["continue"] = {"msfcontinue": str(start + limit), "continue": "-||"}
    return found


def categorymembers(call: Call) -> Json:
    """What is in a category: pages, then subcategories, then files, each by sort key; no capture,
    as MediaWiki 1.39 does it."""
    ask = call.parameters
    category = parse_title(ask.required("cmtitle"))
    if category is None or category.namespace != _CATEGORY_NAMESPACE:
        raise ApiError("invalidcategory", "The category name you entered is not valid.")
    limit, start = _limit(ask.get("cmlimit", "10")), ask.get("cmcontinue", "0")
    if not start.isdecimal():
        raise ApiError(
            "badcontinue",
            "Invalid continue param. You should pass the original value returned by the "
            "previous query.",
        )
    listed = sorted(
        (_kind(page), (key or page.title.text).upper(), page.title.full, page)
        for page in call.wiki.pages()
        for name, key in _CATEGORY_LINK.findall(page.latest.text)
        if parse_title(name) == category
    )
    end = int(start) + limit
    found: Json = {
        "categorymembers": [
            {"pageid": page.id, "ns": page.title.namespace, "title": page.title.full}
            for *_, page in listed[int(start) : end]
        ]
    }
    if end < len(listed):
        found["continue"] = {"cmcontinue": str(end), "continue": "-||"}
    return found


def _kind(page: Page) -> int:
    return {_CATEGORY_NAMESPACE: 1, FILE_NAMESPACE: 2}.get(page.title.namespace, 0)


def filearchive(call: Call) -> Json:
    """Capture query-filearchive-sha1: deleted files by SHA-1."""
    sha1 = _checked_sha1(call.parameters.get("fasha1"))
    deleted = [one for one in call.wiki.deleted if one.sha1 == sha1]
    return {
        "filearchive": [
            {"name": one.title.key, "ns": FILE_NAMESPACE, "title": one.title.full}
            for one in deleted
        ]
    }


def _checked_sha1(text: str) -> str:
    if not _SHA1.match(text):
        raise ApiError("invalidsha1hash", "The SHA-1 hash provided is not valid.")
    return text.lower()


def _limit(text: str) -> int:
    return 500 if text == "max" else max(1, min(500, int(text) if text.isdigit() else 10))
