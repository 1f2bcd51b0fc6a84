"""How a file describes itself in the API's answers."""

import html
from datetime import datetime
from typing import Any

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki.blobs import Blob
from curator_cli.sandbox.wiki.clock import compact, iso
from curator_cli.sandbox.wiki.errors import Json
from curator_cli.sandbox.wiki.pages import Addresses, FileVersion, Page
from curator_cli.sandbox.wiki.stash import Stashed


def of_stashed(row: Stashed, addresses: Addresses) -> Json:
    """The `imageinfo` of a stashed file (capture ok-chunk-last)."""
    moment = row.stored
    name = f"{compact(moment)}!chunkedupload {row.blob.sha1[:12]}"
    extension = row.key.rpartition(".")[2]
    return {
        "timestamp": iso(moment),
        "size": row.blob.size,
        "width": row.blob.width,
        "height": row.blob.height,
        "canonicaltitle": f"File:{name}.{extension}",
        "url": addresses.stashed(row.key),
        "descriptionurl": addresses.stashed(row.key),
        "sha1": row.blob.sha1,
        **_metadata(moment, name),
        "mime": row.blob.mime,
        "bitdepth": 8,
    }


def of_published(
    page: Page, version: FileVersion, user: Account, addresses: Addresses, *, is_new_page: bool
) -> Json:
    """The `imageinfo` that publishing answers with (captures ok-commit, replace-own-file-ok)."""
    title, blob = page.title, version.blob
    short = {} if is_new_page else {"descriptionshorturl": addresses.page_by_id(page.id)}
    return {
        "timestamp": iso(version.timestamp),
        "user": user.name,
        "userid": user.id,
        "size": blob.size,
        "width": blob.width,
        "height": blob.height,
        "parsedcomment": html.escape(version.comment, quote=False),
        "comment": version.comment,
        "html": "<p>A file with this name exists already, please check "
        f"<strong>{html.escape(title.full)}</strong> "
        "if you are not sure if you want to overwrite it.\n</p>",
        "canonicaltitle": title.full,
        "url": addresses.image(title),
        "descriptionurl": addresses.page(title),
        **short,
        "sha1": blob.sha1,
        **_metadata(version.timestamp, title.text.rpartition(".")[0]),
        "mime": blob.mime,
        "mediatype": "BITMAP" if blob.mime.startswith("image/") else "UNKNOWN",
        "bitdepth": 8,
    }


def selected(page: Page, version: FileVersion, addresses: Addresses, wanted: list[str]) -> Json:
    """The fields that `iiprop` or `aiprop` asks for (capture query-imageinfo)."""
    blob = version.blob
    groups: dict[str, dict[str, Any]] = {
        "timestamp": {"timestamp": iso(version.timestamp)},
        "user": {"user": version.user},
        "size": _size(blob),
        "dimensions": _size(blob),
        "comment": {"comment": version.comment},
        "parsedcomment": {"parsedcomment": html.escape(version.comment, quote=False)},
        "canonicaltitle": {"canonicaltitle": page.title.full},
        "url": {
            "url": addresses.image(page.title),
            "descriptionurl": addresses.page(page.title),
            "descriptionshorturl": addresses.page_by_id(page.id),
        },
        "sha1": {"sha1": blob.sha1},
        "mime": {"mime": blob.mime},
        "mediatype": {"mediatype": "BITMAP" if blob.mime.startswith("image/") else "UNKNOWN"},
        "archivename": {"archivename": version.archive_name} if version.archive_name else {},
        "bitdepth": {"bitdepth": 8},
    }
    found: Json = {}
    for name, fields in groups.items():
        if name in wanted:
            found |= fields
    return found


def of_stashed_selected(row: Stashed, addresses: Addresses, wanted: list[str]) -> Json:
    """The fields that `siiprop` asks for (capture stashimageinfo-complete)."""
    whole = of_stashed(row, addresses)
    names = {
        "timestamp": ("timestamp",),
        "size": ("size", "width", "height"),
        "dimensions": ("size", "width", "height"),
        "url": ("url", "descriptionurl"),
        "canonicaltitle": ("canonicaltitle",),
        "sha1": ("sha1",),
        "mime": ("mime",),
        "bitdepth": ("bitdepth",),
    }
    keys = {key for name in wanted for key in names.get(name, ())}
    return {key: value for key, value in whole.items() if key in keys}


def _size(blob: Blob) -> Json:
    return {"size": blob.size, "width": blob.width, "height": blob.height}


def _metadata(moment: datetime, name: str) -> Json:
    return {
        "metadata": [{"name": "MEDIAWIKI_EXIF_VERSION", "value": 2}],
        "commonmetadata": [],
        "extmetadata": {
            "DateTime": {"value": iso(moment), "source": "mediawiki-metadata", "hidden": ""},
            "ObjectName": {"value": name, "source": "mediawiki-metadata"},
        },
    }
