"""Uploads in chunks: offsets, changing file keys, and the moment a file is whole."""

import asyncio

from starlette.datastructures import UploadFile

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki import verification
from curator_cli.sandbox.wiki.blobs import Blob, GrowingBlob
from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.errors import ApiError, Json
from curator_cli.sandbox.wiki.imageinfo import of_stashed
from curator_cli.sandbox.wiki.permissions import check_can_upload
from curator_cli.sandbox.wiki.refusals import refuse_stashing
from curator_cli.sandbox.wiki.stash import ChunkSession, Stashed
from curator_cli.sandbox.wiki.titles import Title, judge_name
from curator_cli.sandbox.wiki.upload_warnings import warnings_for

_EMPTY = "UploadStashZeroLengthFileException"


async def take_chunk(call: Call, key: str) -> Json:
    """Answers one chunk; `key` is the file key that came with it, or empty.

    Before anything is stored MediaWiki looks for warnings, from the second chunk on with the
    bytes of the first: that is why, without `ignorewarnings`, every chunk of a file whose name
    exists gets a key of its own (capture multichunk-exists-no-ignorewarnings).
    """
    chunk = call.parameters.files.get("chunk")
    if chunk is None:
        raise ApiError("badupload_file", "File upload param chunk is not a file upload.")
    offset = call.parameters.number("offset")
    row = _selected(call, key, offset)
    user = check_can_upload(call.wiki, call.user)
    arriving = call.wiki.blobs.grow() if row is None else None
    if arriving:
        await asyncio.to_thread(arriving.append, chunk.file)
    looked_at = row.blob if row else _finished(arriving)
    title = _named(call, looked_at)
    refuse_stashing(title.text)
    warnings = warnings_for(call.wiki, call.parameters.get("filename"), title, looked_at)
    if warnings and not call.parameters.flag("ignorewarnings"):
        return {"upload": _warned(call, user, looked_at, warnings)}
    size = chunk.size or 0
    is_last = _check_size(call, offset, size)
    if row is None:
        if not size:
            raise ApiError(
                "uploadstash-exception",
                f'Could not store upload in the stash ({_EMPTY}): "File is zero length.".',
            )
        _check_markup(looked_at)
        session = ChunkSession(file=_growing(arriving))
        row = call.wiki.stash.add(user, looked_at, in_chunks=True, session=session)
    else:
        _refuse_after_the_last(call, user, row)
        await _append(row, chunk, offset)
    answer: Json = {"warnings": warnings} if warnings else {}
    if is_last and call.parameters.flag("async"):
        return {"upload": answer | _queued(call, user, row, title)}
    if is_last:
        whole = await asyncio.to_thread(_looked_at, row, title)
        return {"upload": answer | _assembled(call, user, row, whole, title)}
    answer |= {"result": "Continue", "offset": offset + size, "filekey": row.key}
    return _with_size_warning(call, {"upload": answer})


def _selected(call: Call, key: str, offset: int) -> Stashed | None:
    if key and offset == 0:
        raise ApiError("filekeynotallowed", 'Cannot supply a "filekey" when "offset" is 0.')
    if not key:
        if offset:
            raise ApiError("filekeyneeded", 'Must supply a "filekey" when "offset" is non-zero.')
        return None
    return call.wiki.stash.find(key, check_can_upload(call.wiki, call.user))


def _growing(arriving: GrowingBlob | None) -> GrowingBlob:
    assert arriving is not None
    return arriving


def _finished(arriving: GrowingBlob | None) -> Blob:
    return _growing(arriving).finished()


def _named(call: Call, blob: Blob) -> Title:
    guessed = verification.extension_of(blob.mime)
    verdict = judge_name(call.parameters.get("filename"), guessed)
    if verdict.title is None:
        raise ApiError("illegal-filename", "The filename is not allowed.")
    return verdict.title


def _warned(call: Call, user: Account, blob: Blob, warnings: Json) -> Json:
    answer: Json = {"result": "Warning", "warnings": warnings}
    if not blob.size:
        failed = {
            "message": "uploadstash-exception",
            "params": [_EMPTY, "File is zero length."],
            "code": "uploadstash-exception",
            "type": "error",
        }
        return answer | {"stasherrors": [failed]}
    stashed = call.wiki.stash.add(user, blob, in_chunks=True)
    return answer | {"filekey": stashed.key, "sessionkey": stashed.key}


def _check_size(call: Call, offset: int, size: int) -> bool:
    """Returns whether this is the last chunk."""
    whole, so_far = call.parameters.number("filesize"), offset + size
    if so_far > whole:
        raise ApiError(
            "invalid-chunk", "Offset plus current chunk is greater than claimed file size."
        )
    least = call.wiki.settings.min_chunk_size
    if so_far != whole and size < least:
        raise ApiError(
            "chunk-too-small", f"Minimum chunk size is {least:,} bytes for non-final chunks."
        )
    return so_far == whole


def _check_markup(blob: Blob) -> None:
    if blob.mime in verification.MARKUP_TYPES:
        raise ApiError(
            "filetype-badmime",
            f'Files of the MIME type "{blob.mime}" are not allowed to be uploaded.',
        )
    if verification.is_scripted(blob.path, blob.mime):
        raise ApiError(
            "uploadscripted",
            "This file contains HTML or script code that may be erroneously interpreted by a web "
            "browser.",
        )


async def _append(row: Stashed, chunk: UploadFile, offset: int) -> None:
    """Adds a chunk to its session.

    The offset is looked at before the lock is waited for: the same chunk sent three times at
    once is answered `Continue` three times (capture race-same-chunk-parallel), and stored once.
    """
    session = row.session
    if session is None:
        raise ApiError("stashfailed", "No chunked upload session with this key.")
    if offset != session.offset:
        raise ApiError("stashfailed", "Invalid chunk offset", extra={"offset": str(session.offset)})
    async with session.lock:
        if session.offset == offset:
            await asyncio.to_thread(session.file.append, chunk.file)


def _refuse_after_the_last(call: Call, user: Account, row: Stashed) -> None:
    # There is no capture of this; it stands so in 1.39's source (ApiUpload::getChunkResult).
    if call.wiki.jobs.of(user, row.key) is not None:
        raise ApiError(
            "stashfailed", "Chunked upload is already completed. Check status for details."
        )


def _queued(call: Call, user: Account, row: Stashed, title: Title) -> Json:
    """The last chunk with `async=1`: the key stays until a job has assembled the file."""

    async def assemble() -> Json:
        done = await asyncio.to_thread(_looked_at, row, title)
        return {"upload": {**_assembled(call, user, row, done, title), "stage": "assembling"}}

    seconds = call.wiki.switches.job_seconds
    call.wiki.jobs.begin(user, row.key, "assembling", seconds, assemble)
    return {"result": "Poll", "stage": "queued", "filekey": row.key}


def _looked_at(row: Stashed, title: Title) -> Blob:
    """The whole file: only now its own bytes are looked at."""
    session = row.session
    assert session is not None
    blob = session.file.finished()
    extension = title.text.rpartition(".")[2].lower()
    if not verification.fits(extension, blob.mime):
        raise ApiError("stashfailed", "This file did not pass file verification.")
    return blob


def _assembled(call: Call, user: Account, row: Stashed, blob: Blob, title: Title) -> Json:
    """The file is whole: it gets a new key."""
    call.wiki.stash.remove(row.key)
    whole = call.wiki.stash.add(user, blob, in_chunks=False)
    warnings = warnings_for(call.wiki, call.parameters.get("filename"), title, blob)
    return {
        **({"warnings": warnings} if warnings else {}),
        "result": "Success",
        "filekey": whole.key,
        "imageinfo": of_stashed(whole, call.wiki.addresses),
    }


def _with_size_warning(call: Call, answer: Json) -> Json:
    most = call.wiki.settings.max_upload_size
    claimed = call.parameters.number("filesize")
    if claimed <= most:
        return answer
    # A warning is all that comes of it (capture chunk-filesize-above-max).
    text = f'The value "{claimed}" for parameter "filesize" must be between 0 and {most:,}.'
    return {"warnings": {"upload": {"warnings": text}}, **answer}
