"""`action=wbgetentities` and `action=wbeditentity` for the structured data of files."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.clock import iso
from curator_cli.sandbox.wiki.entity_changes import (
    changed,
    conflicts,
    parse_data,
)
from curator_cli.sandbox.wiki.errors import ApiError, Json, bad_value, wikibase_error
from curator_cli.sandbox.wiki.pages import Entity, Page, Revision
from curator_cli.sandbox.wiki.titles import parse_title

_SITE = "commonswiki"
_ENTITY_ID = re.compile(r"M([1-9]\d*)\Z")
_MOST_AT_ONCE = 50
_THROTTLED = (
    "As an anti-abuse measure, you are limited from performing this action too many times in a "
    "short space of time, and you have exceeded this limit. Please try again in a few minutes."
)
# Writing an entity takes this share of what publishing a file takes.
_SHARE_OF_PUBLISHING = 0.2
_FIELDS = {
    "info": ("pageid", "ns", "lastrevid", "modified"),
    "labels": ("labels",),
    "descriptions": ("descriptions",),
    "claims": ("statements",),
}


async def wbgetentities(call: Call) -> Json:
    """Captures wbgetentities-*, wb-entity-*; entities by id, or by `sites` and `titles`."""
    ask = call.parameters
    ids, sites, titles = (ask.many(name) for name in ("ids", "sites", "titles"))
    for name, values in (("ids", ids), ("titles", titles)):
        _check_many(call, name, values)
    unknown = [site for site in sites if site != _SITE]
    if not ids and (unknown or not (sites and titles)):
        raise _no_selector(unknown)
    entities: Json = {}
    for entity_id in ids:
        entities[entity_id] = _shown(_page_of(call, entity_id), entity_id)
    for number, text in enumerate(titles, start=1):
        title = parse_title(text)
        page = call.wiki.page(title) if title else None
        if page is None or not page.versions:
            entities[f"-{number}"] = {"site": _SITE, "title": text, "missing": ""}
        else:
            entities[page.entity_id] = _shown(page, page.entity_id)
    left_out = _left_out(ask.many("props"))
    entities = {
        entity_id: {name: each for name, each in entity.items() if name not in left_out}
        for entity_id, entity in entities.items()
    }
    return {"entities": entities, "success": 1}


def _left_out(props: list[str]) -> set[str]:
    """Fields that were not asked for; without `props` all are shown."""
    if not props:
        return set()
    return {name for prop, names in _FIELDS.items() if prop not in props for name in names}


def _check_many(call: Call, name: str, values: list[str]) -> None:
    limit = 500 if call.user and "apihighlimits" in call.user.rights else _MOST_AT_ONCE
    if len(values) > limit:
        raise ApiError(
            "toomanyvalues",
            f'Too many values supplied for parameter "{name}". The limit is {limit}.',
            extra={"parameter": name, "limit": limit, "lowlimit": 50, "highlimit": 500},
        )


def _no_selector(unknown: list[str]) -> ApiError:
    error = wikibase_error(
        "param-missing",
        'Either provide the Item "ids" or pairs of "sites" and "titles" for corresponding page',
        ("wikibase-api-illegal-ids-or-sites-titles-selector", []),
    )
    if unknown:
        text = f'Unrecognized value for parameter "sites": {", ".join(unknown)}'
        error.warnings = {"wbgetentities": {"warnings": text}}
    return error


def _page_of(call: Call, entity_id: str) -> Page | None:
    parsed = _ENTITY_ID.match(entity_id)
    if parsed is None:
        raise wikibase_error(
            "invalid-entity-id", "Invalid entity ID.", ("wikibase-api-invalid-entity-id", [])
        )
    page = call.wiki.page_by_id(int(parsed[1]))
    return page if page and page.versions else None


def _shown(page: Page | None, entity_id: str) -> Json:
    if page is None or page.latest.entity is None:
        return {"id": entity_id, "missing": ""}
    return {
        "pageid": page.id,
        "ns": page.title.namespace,
        "title": page.title.full,
        "lastrevid": page.latest.id,
        "modified": iso(page.latest.timestamp),
        **_entity_json(page.latest.entity, entity_id),
    }


def _entity_json(entity: Entity, entity_id: str) -> Json:
    return {
        "type": "mediainfo",
        "id": entity_id,
        "labels": entity.labels,
        "descriptions": entity.descriptions,
        # PHP writes an empty map as a list (capture wb-entity-labels-only-formatversion2).
        "statements": entity.statements or [],
    }


async def wbeditentity(call: Call) -> Json:
    """Captures wb-*, race-wbeditentity-parallel, ratelimited-wbeditentity; costs one edit."""
    page = _target(call)
    user = _editor(call)
    data = parse_data(call.parameters.required("data"))
    base = _base_revision(call, page)
    loaded = page.latest
    await asyncio.sleep(call.wiki.settings.publish_seconds * _SHARE_OF_PUBLISHING)
    start = Entity() if call.parameters.flag("clear") else (page.latest.entity or Entity())
    entity = changed(start, data, page.entity_id)
    is_patched = _check_conflict(page, loaded, base, data)
    _hit_edit_limit(call, user)
    # A patched edit is answered with the base as the edit would have left it, without what
    # others wrote meanwhile (capture wb-edit-stale-baserevid-mergeable).
    told = entity
    if base and is_patched:
        alone = changed(base.entity or Entity(), data, page.entity_id)
        told = replace(alone, statements=entity.statements)
    answer: Json = {"entity": _entity_json(told, page.entity_id)}
    if entity == page.latest.entity or (page.latest.entity is None and entity == Entity()):
        answer["entity"] |= {"lastrevid": page.latest.id, "nochange": True}
    else:
        summary = call.parameters.get("summary")
        call.wiki.save(page.title, page.latest.text, user.name, summary, entity=entity)
        answer["entity"]["lastrevid"] = page.latest.id
    if is_patched:
        patched = {"name": "wikibase-conflict-patched", "parameters": [], "type": "warning"}
        patched["html"] = "Your edit was patched into the latest version."
        answer["warnings"] = {"wbeditentity": {"messages": [patched]}}
    return answer | {"success": 1}


def _target(call: Call) -> Page:
    ask = call.parameters
    if ask.flag("id"):
        page = _page_of(call, ask.get("id"))
        if page is None:
            raise wikibase_error(
                "no-such-entity", "⧼no-such-entity⧽", ("no-such-entity", [ask.get("id")])
            )
        return page
    site = ask.required("site")
    if site != _SITE:
        raise bad_value("site", site)
    title = parse_title(ask.required("title"))
    page = call.wiki.page(title) if title else None
    if page is None or not page.versions:
        raise wikibase_error(
            "no-such-entity-link",
            "Could not find an Item containing a sitelink to the provided site and page name.",
            ("wikibase-api-no-such-entity-link", []),
        )
    return page


def _editor(call: Call) -> Account:
    user = call.user
    if user is not None and not call.wiki.block_of(user):
        return user
    info = "You do not have the permissions needed to carry out this action."
    messages: list[tuple[str, list[str]]] = [("wikibase-api-permissiondenied", [])]
    if user is not None:
        messages.append(("blockedtext", ["[[User:Sandbox admin|Sandbox admin]]", "sandbox block"]))
    error = wikibase_error("permissiondenied", info, *messages)
    error.header_codes = ("permissiondenied", "blocked") if user else ("permissiondenied",)
    raise error


def _base_revision(call: Call, page: Page) -> Revision | None:
    if not call.parameters.flag("baserevid"):
        return None
    base = page.revision(call.parameters.number("baserevid"))
    if base is None:
        raise wikibase_error(
            "nosuchrevid", "Revision with ID not found.", ("wikibase-api-nosuchrevid", [])
        )
    return base


def _check_conflict(page: Page, loaded: Revision, base: Revision | None, data: Json) -> bool:
    """Returns whether somebody else's change had to be stepped over; raises if it cannot be."""
    if base is None:
        if page.latest.id != loaded.id:
            raise wikibase_error(
                "failed-save",
                "The save has failed.",
                ("wikibase-api-failed-save", []),
                ("edit-conflict", []),
            )
        return False
    before, now = base.entity or Entity(), page.latest.entity or Entity()
    if conflicts(before, now, data):
        raise wikibase_error(
            "editconflict",
            "Edit conflict. Could not patch the current revision.",
            ("wikibase-api-editconflict", []),
            ("edit-conflict", []),
        )
    return before != now


def _hit_edit_limit(call: Call, user: Account) -> None:
    hit: Callable[[Account, str], None] = call.wiki.limits.hit
    try:
        hit(user, "edit")
    except ApiError as refusal:
        error = wikibase_error(
            "failed-save",
            "The save has failed.",
            ("wikibase-api-failed-save", []),
            ("actionthrottledtext", []),
        )
        error.extra["messages"][1]["html"] = _THROTTLED
        error.header_codes = ("failed-save", "ratelimited")
        raise error from refusal
