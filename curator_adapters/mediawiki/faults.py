"""THE table of the vendor's codes: what MediaWiki and Wikibase say, in the core's words."""

from __future__ import annotations

from curator_adapters.mediawiki.api_error import ApiError
from curator_core.domain.fault import Fault, FaultKind

_BY_WORDS: dict[str, tuple[tuple[str, FaultKind], ...]] = {
    # Codes that mean several things: what their `info` holds decides.
    "mwoauth-invalid-authorization": (
        ("No approved grant", FaultKind.NO_GRANT),
        ("Invalid access token", FaultKind.NO_GRANT),
        ("Nonce already used", FaultKind.NONCE_USED),
        ("Invalid signature", FaultKind.MISCONFIGURED),
        ("Invalid consumer", FaultKind.MISCONFIGURED),
        ("Expired timestamp", FaultKind.MISCONFIGURED),
    ),
    "login-failed": (("too many recent login attempts", FaultKind.BUSY),),
    "stashfailed": (
        ("Invalid chunk offset", FaultKind.WRONG_OFFSET),
        ("No chunked upload session", FaultKind.STASH_GONE),
        ("Chunked upload is already completed", FaultKind.ALREADY_COMPLETE),
        ("exact duplicate of the current version", FaultKind.NO_CHANGE),
        ("did not pass file verification", FaultKind.REFUSED),
        # What a poll tells of a job that threw something (1.39's source: PublishStashedFileJob,
        # AssembleUploadChunksJob). It goes on telling it: only a new start helps.
        ("failed to publish temporary file", FaultKind.PUBLISH_CONFLICT),
        ("failed to store temporary file", FaultKind.STASH_GONE),
        # Not seen; the two are the key and the English text of one message.
        ("backend-fail-internal", FaultKind.STORAGE),
        ("unknown error occurred in storage backend", FaultKind.STORAGE),
    ),
}

_BY_MESSAGE: dict[str, FaultKind] = {
    # Wikibase wraps what MediaWiki says: `failed-save` and `permissiondenied` mean whatever
    # stands among their messages or, under a name of its own, in the header.
    "actionthrottledtext": FaultKind.RATE_LIMITED,
    "ratelimited": FaultKind.RATE_LIMITED,
    "blockedtext": FaultKind.BLOCKED,
    "blocked": FaultKind.BLOCKED,
    "edit-conflict": FaultKind.EDIT_CONFLICT,
    "edit-already-exists": FaultKind.EDIT_CONFLICT,
    "readonlytext": FaultKind.READ_ONLY,
    "protectedpagetext": FaultKind.PAGE_REFUSED,
    "titleprotected": FaultKind.PAGE_REFUSED,
    "spamprotectiontext": FaultKind.PAGE_REFUSED,
    "edit-hook-aborted": FaultKind.REFUSED,
}
_WRAPPERS = frozenset({"failed-save", "permissiondenied", "editconflict", "modification-failed"})

_BY_CODE: dict[FaultKind, frozenset[str]] = {
    # The codes that begin with `login-` are ours, for the results of `action=login`.
    FaultKind.BAD_TOKEN: frozenset({"badtoken", "login-needtoken", "login-wrongtoken"}),
    FaultKind.BUSY: frozenset({"maxlag"}),
    FaultKind.READ_ONLY: frozenset({"readonly", "uploaddisabled"}),
    FaultKind.RATE_LIMITED: frozenset({"ratelimited", "actionthrottledtext"}),
    FaultKind.NOT_LOGGED_IN: frozenset(
        {"assertuserfailed", "assertnameduserfailed", "mustbeloggedin", "readapidenied"}
    ),
    FaultKind.NO_GRANT: frozenset(
        {"mwoauth-invalid-authorization-invalid-user", "login-aborted", "login-failed"}
    ),
    FaultKind.MISCONFIGURED: frozenset(
        {
            "mwoauth-invalid-authorization-wrong-wiki",
            "mwoauth-invalid-authorization-not-approved",
        }
    ),
    FaultKind.BLOCKED: frozenset(
        {
            "blocked",
            "autoblocked",
            "systemblocked",
            "globalblocking-ipblocked",
            "permissiondenied",
            "badaccess-groups",
            "badaccess-group0",
            "mwoauth-invalid-authorization-blocked-user",
        }
    ),
    FaultKind.STORAGE: frozenset(
        {
            # The file was published a moment ago, so a replica lags; it was seen only for
            # files that are not there (capture `wb-missing-title-edit`).
            "no-such-entity-link",
            # Wikibase could not save, and none of `_BY_MESSAGE` says why.
            "failed-save",
        }
    ),
    FaultKind.STASH_GONE: frozenset(
        {
            "uploadstash-file-not-found",
            "uploadstash-no-such-key",
            # A key that this wiki or this user cannot have: only a new start helps.
            "uploadstash-wrong-owner",
            # The same of `prop=stashimageinfo`, as MediaWiki 1.39 says it.
            "internal_api_error_UploadStashWrongOwnerException",
            "invalid-file-key",
        }
    ),
    FaultKind.PUBLISH_CONFLICT: frozenset({"backend-fail-alreadyexists", "publishfailed"}),
    FaultKind.NO_RESULT: frozenset({"missingresult"}),
    FaultKind.NO_CHANGE: frozenset({"fileexists-no-change"}),
    FaultKind.NAME_TAKEN: frozenset({"fileexists-forbidden", "fileexists-shared-forbidden"}),
    # The revision that was read is not known (here): a replica lags, or it was deleted.
    FaultKind.EDIT_CONFLICT: frozenset({"editconflict", "nosuchrevid"}),
    FaultKind.PAGE_REFUSED: frozenset(
        {
            "cascadeprotected",
            "illegal-filename",
            "invalidtitle",
            "protectedpage",
            "protectedtitle",
            "spamblacklist",
            "windows-nonascii-filename",
        }
    ),
    FaultKind.FILTER_WARNING: frozenset({"abusefilter-warning"}),
    FaultKind.REFUSED: frozenset(
        {
            "articleexists",
            "badtags",
            "empty-file",
            "file-too-large",
            "hookaborted",
            "invalidcategory",
            "missingtitle",
            "modification-failed",
            "no-such-entity",
            "not-recognized-language",
            "uploadinvalidxml",
            "uploadjava",
            "uploadscripted",
            "uploadscriptednamespace",
            "uploadvirus",
            "verification-error",
        }
    ),
    # Requests that we never send, known so that a new code stands out.
    FaultKind.UNFORESEEN: frozenset(
        {
            "assertbotfailed",
            "badcontinue",
            "badmd5",
            "badvalue",
            "cannot-async-upload-file",
            "chunk-too-small",
            "copyuploaddisabled",
            "filekeyneeded",
            "filekeynotallowed",
            "invalid-chunk",
            "invalid-entity-id",
            "invalid-guid",
            "invalid-json",
            "missingparam",
            "mustpostparams",
            "nofilename",
            "param-missing",
            "toomanyvalues",
        }
    ),
}

_BY_PREFIX: tuple[tuple[str, FaultKind], ...] = (
    ("titleblacklist-", FaultKind.PAGE_REFUSED),
    ("abusefilter-", FaultKind.PAGE_REFUSED),
    ("filename-", FaultKind.PAGE_REFUSED),
    ("filetype-", FaultKind.REFUSED),
    # Things in an SVG (capture `verify-svg-external-href-on-stash`).
    ("uploaded-", FaultKind.REFUSED),
    ("uploadstash-bad-path", FaultKind.STASH_GONE),
    ("lockmanager-fail-", FaultKind.PUBLISH_CONFLICT),
    ("backend-fail-", FaultKind.STORAGE),
    ("internal_api_error_", FaultKind.STORAGE),
)

_BY_FRAGMENT: tuple[tuple[str, FaultKind], ...] = (
    ("UploadStashFileException", FaultKind.STORAGE),
    ("uploadstash-exception", FaultKind.STASH_TROUBLE),
    ("UploadChunkFileException", FaultKind.STORAGE),
    ("JobQueueError", FaultKind.STORAGE),
    ("backend-fail-internal", FaultKind.STORAGE),
)


def kind_of(error: ApiError) -> FaultKind | None:
    """The kind that the table gives an error; None where it stands in no row."""
    return (
        _kind_by_words(error)
        or _kind_by_message(error)
        or _kind_by_code(error.code)
        or _kind_by_internals(error)
    )


def fault_of(error: ApiError) -> Fault:
    """The error as a fault; what stands in no row is unforeseen."""
    kind = kind_of(error) or FaultKind.UNFORESEEN
    return Fault(
        kind=kind,
        code=error.code,
        info=error.words,
        retry_after=error.retry_after,
        # The wiki looks at its replicas before it looks at what it is asked for.
        no_effect=error.code == "maxlag",
        offset=error.offset if kind is FaultKind.WRONG_OFFSET else None,
    )


def _kind_by_words(error: ApiError) -> FaultKind | None:
    for fragment, kind in _BY_WORDS.get(error.code, ()):
        if fragment in error.words:
            return kind
    return None


def _kind_by_message(error: ApiError) -> FaultKind | None:
    if error.code not in _WRAPPERS:
        return None
    for name in error.names:
        kind = _BY_MESSAGE.get(name) or _kind_by_prefix(name)
        if kind is not None:
            return kind
    return None


def _kind_by_code(code: str) -> FaultKind | None:
    for kind, codes in _BY_CODE.items():
        if code in codes:
            return kind
    return _kind_by_prefix(code)


def _kind_by_prefix(code: str) -> FaultKind | None:
    for prefix, kind in _BY_PREFIX:
        if code.startswith(prefix):
            return kind
    return None


def _kind_by_internals(error: ApiError) -> FaultKind | None:
    for fragment, kind in _BY_FRAGMENT:
        if fragment in error.code:
            return kind
    return FaultKind.STORAGE if "backend-fail-internal" in error.words else None
