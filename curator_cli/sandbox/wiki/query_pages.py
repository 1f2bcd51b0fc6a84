"""`prop=` of `action=query`: a page's file, its state, its text, and stashed files."""

import secrets

from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.clock import iso
from curator_cli.sandbox.wiki.errors import ApiError, Json
from curator_cli.sandbox.wiki.imageinfo import of_stashed_selected, selected
from curator_cli.sandbox.wiki.pages import Page, Revision
from curator_cli.sandbox.wiki.titles import FILE_NAMESPACE, Title

_LANGUAGE = {"pagelanguage": "en", "pagelanguagehtmlcode": "en", "pagelanguagedir": "ltr"}


def imageinfo(call: Call, title: Title, page: Page | None) -> Json:
    """Capture query-imageinfo; with `iilimit`, older versions follow the current one."""
    if title.namespace != FILE_NAMESPACE:
        return {}
    if page is None or not page.versions:
        return {"imagerepository": ""}
    limit = call.parameters.get("iilimit", "1")
    most = len(page.versions) if limit == "max" else max(1, int(limit) if limit.isdigit() else 1)
    wanted = call.parameters.many("iiprop", "timestamp|user")
    versions = list(reversed(page.versions))[:most]
    shown = [selected(page, version, call.wiki.addresses, wanted) for version in versions]
    return {"imagerepository": "local", "imageinfo": shown}


def info(_call: Call, _title: Title, page: Page | None) -> Json:
    """Captures query-revision-before-edit, query-title-normalization."""
    found: Json = {"contentmodel": "wikitext", **_LANGUAGE}
    if page is None:
        return found
    touched = max(filter(None, (page.purged, page.latest.timestamp)))
    found |= {
        "touched": iso(touched),
        "lastrevid": page.latest.id,
        "length": len(page.latest.text.encode()),
    }
    return found | ({"new": True} if len(page.revisions) == 1 else {})


def revisions(call: Call, _title: Title, page: Page | None) -> Json:
    """Capture query-revision-before-edit; newest first, one unless `rvlimit` says more."""
    if page is None:
        return {}
    ask = call.parameters
    limit = ask.get("rvlimit", "1")
    most = len(page.revisions) if limit == "max" else max(1, int(limit) if limit.isdigit() else 1)
    wanted = ask.many("rvprop", "ids|timestamp|flags|comment|user")
    has_slots = ask.flag("rvslots")
    newest = list(reversed(page.revisions))[:most]
    return {"revisions": [_revision(one, wanted, has_slots=has_slots) for one in newest]}


def _revision(revision: Revision, wanted: list[str], *, has_slots: bool) -> Json:
    found: Json = {}
    if "ids" in wanted:
        found |= {"revid": revision.id, "parentid": revision.parent_id}
    if "flags" in wanted:
        found["minor"] = False
    if "user" in wanted:
        found["user"] = revision.user
    if "timestamp" in wanted:
        found["timestamp"] = iso(revision.timestamp)
    if "comment" in wanted:
        found["comment"] = revision.comment
    if "content" in wanted:
        content = {
            "contentmodel": "wikitext",
            "contentformat": "text/x-wiki",
            "content": revision.text,
        }
        found |= {"slots": {"main": content}} if has_slots else content
    return found


def stashimageinfo(call: Call) -> Json:
    """Captures stashimageinfo-*: an incomplete session answers as its first chunk alone.

    Without a capture: another's key is an exception that MediaWiki 1.39 does not catch.
    """
    user = call.logged_in("stashnotloggedin")
    wanted = call.parameters.many("siiprop", "timestamp|url")
    keys = call.parameters.many("siifilekey") or call.parameters.many("siisessionkey")
    try:
        rows = [call.wiki.stash.find(key, user) for key in keys]
    except ApiError as error:
        if error.code != "uploadstash-wrong-owner":
            raise
        name = "UploadStashWrongOwnerException"
        raise ApiError(
            f"internal_api_error_{name}",
            f"[{secrets.token_hex(12)}] Caught exception of type {name}",
        ) from None
    shown = [of_stashed_selected(row, call.wiki.addresses, wanted) for row in rows]
    return {"stashimageinfo": shown}
