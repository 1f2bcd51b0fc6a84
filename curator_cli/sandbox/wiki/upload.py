"""`action=upload`: takes files in, whole or in chunks, and hands them on to be published."""

import asyncio
from dataclasses import dataclass

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki import verification
from curator_cli.sandbox.wiki.blobs import Blob
from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.chunks import take_chunk
from curator_cli.sandbox.wiki.errors import ApiError, Json
from curator_cli.sandbox.wiki.imageinfo import of_stashed
from curator_cli.sandbox.wiki.permissions import check_can_upload
from curator_cli.sandbox.wiki.publishing import Publication, publish
from curator_cli.sandbox.wiki.stash import Stashed, is_well_formed
from curator_cli.sandbox.wiki.titles import ALLOWED_EXTENSIONS, NameVerdict, Title, judge_name
from curator_cli.sandbox.wiki.upload_warnings import warnings_for


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What an upload request is about: bytes of its own, or those of a stashed file."""

    blob: Blob
    row: Stashed | None = None


async def upload(call: Call) -> Json:
    """Answers one `action=upload`, in MediaWiki's order of checks."""
    ask = call.parameters
    key = ask.get("filekey") or ask.get("sessionkey")
    if ask.flag("checkstatus") and key:
        return _status(call, key)
    if not (key or ask.has("file") or ask.has("chunk") or ask.has("url")):
        raise ApiError(
            "missingparam", 'One of the parameters "filekey", "file" and "url" is required.'
        )
    if not ask.flag("filename"):
        raise ApiError("nofilename", 'The "filename" parameter must be set.')
    _check_tags(call)
    if ask.has("chunk"):
        return await take_chunk(call, key)
    content = await _content(call, key)
    user = check_can_upload(call.wiki, call.user)
    title = _verified(call, user, content)
    if ask.flag("stash"):
        return _stash(call, user, title, content)
    publication = Publication(call=call, user=user, title=title, blob=content.blob, row=content.row)
    return await publish(publication)


def _check_tags(call: Call) -> None:
    tags = call.parameters.many("tags")
    if tags:
        raise ApiError(
            "badtags",
            f'The tag "{tags[0]}" is not allowed to be manually applied.',
            extra={"disallowedtags": tags},
        )


def _status(call: Call, key: str) -> Json:
    job = call.wiki.jobs.of(call.user, key) if call.user else None
    if job is not None:
        return job.told()
    row = call.wiki.stash.peek(key, call.user) if call.user else None
    if row is None or row.session is None:
        raise ApiError("missingresult", "No result in status data.")
    offset = row.session.offset
    return {"upload": {"result": "Continue", "stage": "uploading", "offset": offset}}


async def _content(call: Call, key: str) -> _Content:
    ask = call.parameters
    if key:
        if not is_well_formed(key):
            raise ApiError("invalid-file-key", "Not a valid file key.")
        if call.user is None:
            check_can_upload(call.wiki, None)
            raise AssertionError
        row = call.wiki.stash.find(key, call.user)
        return _Content(blob=row.blob, row=row)
    file = ask.files.get("file")
    if file is not None:
        if ask.flag("async"):
            raise ApiError(
                "cannot-async-upload-file",
                'The parameters "async" and "file" cannot be combined. If you want asynchronous '
                "processing of your uploaded file, first upload it to stash (using the "
                '"stash" parameter) and then publish the stashed file asynchronously (using '
                '"filekey" and "async").',
            )
        blob = await asyncio.to_thread(call.wiki.blobs.keep, file.file)
        return _Content(blob=blob)
    raise ApiError("copyuploaddisabled", "Upload by URL disabled.")


def _verified(call: Call, user: Account, content: _Content) -> Title:
    blob, desired = content.blob, call.parameters.get("filename")
    if blob.size == 0:
        raise ApiError("empty-file", "The file you submitted was empty.")
    if blob.size > call.wiki.settings.max_upload_size:
        raise ApiError("file-too-large", "The file you submitted was too large.")
    verdict = judge_name(desired, verification.extension_of(blob.mime))
    if verdict.title is None:
        raise _name_problem(call, user, blob, verdict)
    if blob.mime in verification.MARKUP_TYPES:
        raise ApiError(
            "verification-error",
            f'Files of the MIME type "{blob.mime}" are not allowed to be uploaded.',
            extra={"details": ["filetype-badmime", blob.mime]},
        )
    if not verification.fits(verdict.extension, blob.mime):
        raise ApiError(
            "verification-error",
            f'File extension ".{verdict.extension}" does not match the detected MIME type of the '
            f"file ({blob.mime}).",
            extra={"details": ["filetype-mime-mismatch", verdict.extension, blob.mime]},
        )
    return verdict.title


def _name_problem(call: Call, user: Account, blob: Blob, verdict: NameVerdict) -> ApiError:
    if verdict.problem in ("filetype-banned", "filetype-missing"):
        return _type_problem(verdict)
    info = {
        "illegal-filename": "The filename is not allowed.",
        "filename-toolong": "Filenames may not be longer than 240 bytes.",
        "filename-tooshort": "The filename is too short.",
    }[verdict.problem]
    row = call.wiki.stash.add(user, blob, in_chunks=False)
    named = {"filename": call.parameters.get("filename")}
    return ApiError(
        verdict.problem,
        info,
        extra={
            **(named if verdict.problem == "illegal-filename" else {}),
            "filekey": row.key,
            "sessionkey": row.key,
            "invalidparameter": "filename",
        },
    )


def _type_problem(verdict: NameVerdict) -> ApiError:
    if verdict.problem == "filetype-missing":
        return ApiError("filetype-missing", "The file is missing an extension.")
    shown = verdict.banned[0] if verdict.banned else verdict.extension
    return ApiError(
        "filetype-banned",
        f'".{shown}" is not a permitted file type. Permitted file types are '
        f"{', '.join(ALLOWED_EXTENSIONS)}.",
        extra={
            "filetype": verdict.extension,
            "allowed": list(ALLOWED_EXTENSIONS),
            **({"blacklisted": list(verdict.banned)} if verdict.banned else {}),
        },
    )


def _stash(call: Call, user: Account, title: Title, content: _Content) -> Json:
    warnings = warnings_for(call.wiki, call.parameters.get("filename"), title, content.blob)
    row = call.wiki.stash.add(user, content.blob, in_chunks=False)
    keys = {"filekey": row.key, "sessionkey": row.key}
    if warnings and not call.parameters.flag("ignorewarnings"):
        return {"upload": {"result": "Warning", "warnings": warnings, **keys}}
    answer: Json = {"result": "Success", **keys}
    if warnings:
        answer["warnings"] = warnings
    answer["imageinfo"] = of_stashed(row, call.wiki.addresses)
    return {"upload": answer}
