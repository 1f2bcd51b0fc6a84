"""Makes an uploaded file public: checks first, writes later, and nothing holds the two together."""

import asyncio
from dataclasses import dataclass, replace

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki.blobs import Blob
from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.clock import compact, now
from curator_cli.sandbox.wiki.errors import ApiError, Json
from curator_cli.sandbox.wiki.imageinfo import of_published
from curator_cli.sandbox.wiki.pages import FileVersion, Page, storage_path
from curator_cli.sandbox.wiki.permissions import title_problem
from curator_cli.sandbox.wiki.refusals import refuse_publishing, refuse_spam
from curator_cli.sandbox.wiki.stash import Stashed
from curator_cli.sandbox.wiki.titles import Title
from curator_cli.sandbox.wiki.upload_warnings import warnings_for

# How much of the time passes before the file is written; the rest passes before the answer.
_SHARE_BEFORE_WRITING = 0.8
_STASH_ERRORS = {
    "stasherrors": [
        {
            "message": "uploadstash-exception",
            "params": ["UploadStashBadPathException", "Path doesn't exist."],
            "code": "uploadstash-exception",
            "type": "error",
        }
    ]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A file that somebody wants to see under a title; `row` is where it was stashed."""

    call: Call
    user: Account
    title: Title
    blob: Blob
    row: Stashed | None


async def publish(wanted: Publication) -> Json:
    """Publishes or refuses.

    Checks, waits, writes, waits, answers: parallel requests pass each other's checks, as the
    `race-*` captures show.
    """
    call, wiki = wanted.call, wanted.call.wiki
    # A publish that is answered with a warning costs as much as a good one
    # (captures rate-budget-per-action, ratelimited-warnings-count-too).
    wiki.limits.hit(wanted.user, "upload")
    wiki.limits.hit(wanted.user, "edit")
    _check_title(wanted)
    if not wiki.switches.uploads_enabled:
        raise ApiError("uploaddisabled", "File uploads are disabled.")
    warnings = warnings_for(wiki, call.parameters.get("filename"), wanted.title, wanted.blob)
    is_async = call.parameters.flag("async")
    if warnings and not call.parameters.flag("ignorewarnings"):
        if is_async:
            # Nothing was fetched from the stash, so nothing is put back (async-duplicate-commit).
            return {"upload": {"result": "Warning", "warnings": warnings, **_STASH_ERRORS}}
        row = wiki.stash.add(wanted.user, wanted.blob, in_chunks=False)
        keys = {"filekey": row.key, "sessionkey": row.key}
        return {"upload": {"result": "Warning", "warnings": warnings, **keys}}
    _check_words(wanted)
    if is_async and wanted.row:
        return {"upload": _queued(wanted, wanted.row, warnings)}
    if "nochange" in warnings:
        raise _no_change(wanted)
    seconds = wiki.settings.publish_seconds
    await asyncio.sleep(seconds * _SHARE_BEFORE_WRITING)
    is_new_page = wiki.page(wanted.title) is None
    page, version = _write(wanted)
    await asyncio.sleep(seconds * (1 - _SHARE_BEFORE_WRITING))
    answer: Json = {"result": "Success", "filename": wanted.title.key}
    if warnings:
        answer["warnings"] = warnings
    answer["imageinfo"] = of_published(
        page, version, wanted.user, wiki.addresses, is_new_page=is_new_page
    )
    return {"upload": answer}


def _no_change(wanted: Publication) -> ApiError:
    return ApiError(
        "fileexists-no-change",
        f"The upload is an exact duplicate of the current version of [[:{wanted.title.full}]].",
        extra=_STASH_ERRORS,
    )


def _queued(wanted: Publication, row: Stashed, warnings: Json) -> Json:
    """Leaves the rest to a job, whose end `checkstatus` tells."""
    wiki = wanted.call.wiki
    before = wiki.jobs.of(wanted.user, row.key)
    if before is not None and before.is_under_way:
        # There is no capture of this; it stands so in 1.39's source (ApiUpload::performUpload).
        raise ApiError("publishfailed", "Upload from stash already in progress.")

    async def write() -> Json:
        page = wiki.page(wanted.title)
        if page and page.file and page.file.blob.sha1 == wanted.blob.sha1:
            raise _no_change(wanted)
        published, version = _write(wanted)
        image = of_published(
            published, version, wanted.user, wiki.addresses, is_new_page=page is None
        )
        done = {"result": "Success", "stage": "publish", "filename": wanted.title.key}
        return {"upload": {**done, "imageinfo": image}}

    wiki.jobs.begin(wanted.user, row.key, "publish", wiki.switches.job_seconds, write)
    queued: Json = {"result": "Poll", "stage": "queued", "filename": wanted.title.key}
    return queued | ({"warnings": warnings} if warnings else {})


def _check_title(wanted: Publication) -> None:
    problem = title_problem(wanted.call.wiki, wanted.title, wanted.user)
    if problem is None:
        return
    row = wanted.call.wiki.stash.add(wanted.user, wanted.blob, in_chunks=False)
    keys = {"filekey": row.key, "sessionkey": row.key, "invalidparameter": "filename"}
    raise ApiError(problem.code, problem.info, extra={**problem.extra, **keys})


def _check_words(wanted: Publication) -> None:
    wiki = wanted.call.wiki
    try:
        refuse_publishing(wiki, wanted.user, wanted.title)
        refuse_spam(wanted.call.parameters.get("text"))
    except ApiError as refusal:
        if "stasherrors" not in refusal.extra:
            row = wiki.stash.add(wanted.user, wanted.blob, in_chunks=False)
            refusal.extra |= {"filekey": row.key, "sessionkey": row.key}
        raise


def _write(wanted: Publication) -> tuple[Page, FileVersion]:
    wiki, ask = wanted.call.wiki, wanted.call.parameters
    moment = now()
    page = wiki.page(wanted.title)
    if page and page.file:
        _archive(wanted, page, page.file)
    comment = ask.get("comment")
    version = FileVersion(
        blob=wiki.blobs.settled(wanted.blob),
        user=wanted.user.name,
        timestamp=moment,
        comment=comment,
    )
    text = ask.get("text") if ask.flag("text") else comment
    page = wiki.add_file_version(wanted.title, version, text)
    if wanted.row:
        wiki.stash.remove(wanted.row.key)
    return page, version


def _archive(wanted: Publication, page: Page, current: FileVersion) -> None:
    """Puts the present version away; its new name holds the second, so one fits into each."""
    wiki = wanted.call.wiki
    name = f"{compact(now())}!{wanted.title.key}"
    if wiki.archive_name_is_taken(name):
        folder = storage_path(wanted.title).rpartition("/")[0]
        raise ApiError(
            "backend-fail-alreadyexists",
            f'The file "mwstore://local-backend/local-public/archive/{folder}/{name}" already '
            "exists.",
            extra=_STASH_ERRORS,
        )
    wiki.archive_current(page, name, replace(current, archive_name=name))
