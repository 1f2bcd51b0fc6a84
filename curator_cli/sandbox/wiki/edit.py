"""`action=edit` and `action=purge`."""

import asyncio
from hashlib import md5

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.clock import iso, now
from curator_cli.sandbox.wiki.errors import ApiError, Json, edit_conflict, missing_parameter
from curator_cli.sandbox.wiki.pages import Page
from curator_cli.sandbox.wiki.permissions import (
    blacklist_reason,
    blacklisting,
    check_not_blocked,
    is_protected,
    protected,
)
from curator_cli.sandbox.wiki.refusals import refuse_edit
from curator_cli.sandbox.wiki.titles import Title, parse_title

# An edit takes this share of what publishing a file takes.
_SHARE_OF_PUBLISHING = 0.1


async def edit(call: Call) -> Json:
    """Captures edit-*, race-edit-append-parallel; costs two edits whatever comes of it."""
    ask = call.parameters
    title = _title(ask.required("title"))
    user = _editor(call)
    texts = [name for name in ("text", "appendtext", "prependtext") if ask.flag(name)]
    if not texts:
        raise missing_parameter("text")
    if (
        ask.flag("md5")
        and ask.get("md5")
        != md5("".join(ask.get(name) for name in texts).encode(), usedforsecurity=False).hexdigest()
    ):
        raise ApiError("badmd5", "The supplied MD5 hash was incorrect.")
    page = call.wiki.page(title)
    _check_existence(call, page)
    call.wiki.limits.hit(user, "edit")
    call.wiki.limits.hit(user, "edit")
    _check_title(call, title)
    if is_protected(call.wiki, title, user):
        raise protected()
    before = page.latest.id if page else 0
    base = ask.number("baserevid") or before
    text = _new_text(call, page)
    refuse_edit(text)
    await asyncio.sleep(call.wiki.settings.publish_seconds * _SHARE_OF_PUBLISHING)
    current = call.wiki.page(title)
    if (current.latest.id if current else 0) != base and _differs(current, text):
        raise edit_conflict()
    return {"edit": _save(call, title, current, text, user)}


def _title(text: str) -> Title:
    title = parse_title(text)
    if title is None or title.namespace < 0:
        raise ApiError("invalidtitle", f'Bad title "{text}".')
    return title


def _editor(call: Call) -> Account:
    user = call.logged_in()
    check_not_blocked(call.wiki, user)
    if "edit" not in user.rights:
        raise ApiError(
            "permissiondenied",
            "The action you have requested is limited to users in one of the groups: *, "
            "[[Commons:Users|Users]].",
        )
    return user


def _check_existence(call: Call, page: Page | None) -> None:
    if page and call.parameters.flag("createonly"):
        raise ApiError("articleexists", "The page you tried to create has been created already.")
    if page is None and call.parameters.flag("nocreate"):
        raise ApiError("missingtitle", "The page you specified doesn't exist.")


def _check_title(call: Call, title: Title) -> None:
    entry = blacklisting(call.wiki, title)
    if entry and call.wiki.page(title) is None:
        message = {"key": entry.message, "params": [entry.line, title.full]}
        raise ApiError(
            "titleblacklist-forbidden",
            blacklist_reason(entry, title, is_escaped=False),
            extra={"message": message, "line": entry.line},
        )


def _new_text(call: Call, page: Page | None) -> str:
    ask, present = call.parameters, page.latest.text if page else ""
    if ask.flag("text"):
        return ask.get("text").rstrip()
    return (ask.get("prependtext") + present + ask.get("appendtext")).rstrip()


def _differs(page: Page | None, text: str) -> bool:
    return page is None or page.latest.text != text


def _save(call: Call, title: Title, page: Page | None, text: str, user: Account) -> Json:
    answer: Json = {"result": "Success"}
    if page is not None and not _differs(page, text):
        # A null edit: what the page shows is made anew.
        page.purged = now()
        answer |= {"pageid": page.id, "title": title.full, "contentmodel": "wikitext"}
        return answer | {"nochange": True, "watched": True}
    is_new, old = page is None, page.latest.id if page else 0
    page = call.wiki.save(title, text, user.name, call.parameters.get("summary"))
    answer |= {"pageid": page.id, "title": title.full, "contentmodel": "wikitext"}
    answer |= {"oldrevid": old, "newrevid": page.latest.id}
    answer["newtimestamp"] = iso(page.latest.timestamp)
    return answer | ({"new": True} if is_new else {}) | {"watched": True}


async def purge(call: Call) -> Json:
    """Purges pages; no capture.

    Costs one `purge`, and one `linkpurge` with `forcelinkupdate`. Where a limit is used up the
    page is listed without the flag, and a warning says so: that is what MediaWiki's source does.
    """
    user = call.logged_in()
    check_not_blocked(call.wiki, user)
    pages: list[Json] = []
    normalized: list[Json] = []
    warned: list[str] = []
    for text in call.parameters.many("titles"):
        title = _title(text)
        if title.full != text:
            normalized.append({"fromencoded": False, "from": text, "to": title.full})
        entry: Json = {"ns": title.namespace, "title": title.full}
        page = call.wiki.page(title)
        if page is None:
            pages.append(entry | {"missing": True})
            continue
        pages.append(entry | _purged(call, user, page, warned))
    answer: Json = {"batchcomplete": True, "purge": pages}
    if normalized:
        answer["normalized"] = normalized
    if warned:
        answer["warnings"] = {"purge": {"warnings": "\n".join(dict.fromkeys(warned))}}
    return answer


def _purged(call: Call, user: Account, page: Page, warned: list[str]) -> Json:
    done: Json = {}
    steps = [("purge", "purged")]
    if call.parameters.flag("forcelinkupdate"):
        steps.append(("linkpurge", "linkupdate"))
    for action, flag in steps:
        try:
            call.wiki.limits.hit(user, action)
        except ApiError as refusal:
            warned.append(refusal.info)
        else:
            done[flag] = True
            page.purged = now()
    return done
