"""What MediaWiki warns of before it publishes a file."""

import re

from curator_cli.sandbox.wiki.blobs import Blob
from curator_cli.sandbox.wiki.clock import iso
from curator_cli.sandbox.wiki.errors import Json
from curator_cli.sandbox.wiki.pages import Page
from curator_cli.sandbox.wiki.state import Wiki
from curator_cli.sandbox.wiki.titles import Title, file_title, was_altered

_THUMBNAIL_NAME = re.compile(r"\d{2,3}px-")
# MediaWiki's default list of names that cameras give.
_CAMERA_PREFIXES = ("CIMG", "DSC_", "DSCF", "DSCN", "DUW", "JD", "MGP", "PICT")
_NORMAL_EXTENSIONS = {"jpeg": "jpg", "tif": "tiff", "mpg": "mpeg", "midi": "mid", "htm": "html"}


def warnings_for(wiki: Wiki, desired: str, title: Title, blob: Blob) -> Json:
    """Returns the warnings as the API words them; empty where all is well.

    Each kind is a capture: badfilename-on-commit, chunk-empty, was-deleted, duplicate-on-commit,
    duplicate-archive, exists-*, page-exists-without-file, thumb-name-warning, nochange-on-commit,
    duplicateversions-on-commit. `bad-prefix` has none: its list is MediaWiki's default.
    """
    found: Json = {}
    page = wiki.page(title)
    if was_altered(desired, title):
        found["badfilename"] = title.key
    if blob.size == 0:
        found["empty-file"] = True
    if page is None and any(one.title == title for one in wiki.deleted):
        found["was-deleted"] = title.key
    if blob.size:
        found |= _duplicates(wiki, title, blob)
    found |= _existing(wiki, title, page)
    found |= _same_content(page, blob)
    return found


def _duplicates(wiki: Wiki, title: Title, blob: Blob) -> Json:
    found: Json = {}
    names = [one.title.key for one in wiki.files_with(blob.sha1) if one.title != title]
    if names:
        found["duplicate"] = names
    archived = [one.title.key for one in wiki.deleted if one.sha1 == blob.sha1]
    if archived:
        found["duplicate-archive"] = archived[-1]
    return found


def _existing(wiki: Wiki, title: Title, page: Page | None) -> Json:
    if page is not None:
        return {"exists" if page.file else "page-exists": title.key}
    stem, _, extension = title.text.rpartition(".")
    normal = extension.lower()
    normal = _NORMAL_EXTENSIONS.get(normal, normal)
    sibling = file_title(f"{stem}.{normal}")
    if sibling and sibling != title and (other := wiki.page(sibling)) and other.file:
        return {"exists-normalized": sibling.key}
    similar = wiki.files_starting_with(f"{stem}.")
    if similar:
        return {"exists-normalized": similar[0].title.key}
    if _THUMBNAIL_NAME.match(stem):
        return _thumbnail(wiki, title, stem, extension)
    if stem.replace(" ", "_").startswith(_CAMERA_PREFIXES):
        return {"bad-prefix": title.key}
    return {}


def _thumbnail(wiki: Wiki, title: Title, stem: str, extension: str) -> Json:
    original = file_title(f"{stem.partition('-')[2]}.{extension}")
    there = wiki.page(original) if original else None
    return {"thumb" if there and there.file else "thumb-name": title.key}


def _same_content(page: Page | None, blob: Blob) -> Json:
    if page is None or page.file is None:
        return {}
    if page.file.blob.sha1 == blob.sha1:
        return {"nochange": {"timestamp": iso(page.file.timestamp)}}
    old = [one for one in page.versions[:-1] if one.blob.sha1 == blob.sha1]
    if old:
        return {"duplicateversions": [{"timestamp": iso(one.timestamp)} for one in old]}
    return {}
