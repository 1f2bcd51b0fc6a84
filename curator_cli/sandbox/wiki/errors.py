"""How the Action API says no."""

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """An error of the Action API, answered with HTTP 200 and the code in a header.

    `extra` holds further keys of the error object, `header_codes` what the header
    `MediaWiki-API-Error` names where that is more than the code (capture ratelimited-wbeditentity),
    `headers` further headers, `warnings` the answer's warnings beside the error.
    `module` is named by `errorformat=plaintext`; empty stands for the request's action.
    """

    def __init__(
        self,
        code: str,
        info: str,
        *,
        extra: Json | None = None,
        module: str = "",
        header_codes: tuple[str, ...] = (),
        headers: dict[str, str] | None = None,
        warnings: Json | None = None,
    ) -> None:
        super().__init__(f"{code}: {info}")
        self.code = code
        self.info = info
        self.extra = extra or {}
        self.module = module
        self.header_codes = (code, *header_codes)
        self.headers = headers or {}
        self.warnings = warnings or {}

    def as_json(self) -> Json:
        """The answer's body in the default error format."""
        body: Json = {"error": {"code": self.code, "info": self.info, **self.extra}}
        if self.warnings:
            body["warnings"] = self.warnings
        return body

    def as_plaintext(self, action: str) -> Json:
        """The answer's body for `errorformat=plaintext` (capture readonly-edit-errorformat-…)."""
        error: Json = {"code": self.code, "text": self.info}
        if self.extra:
            error["data"] = self.extra
        error["module"] = self.module or action
        return {"errors": [error]}


def wikibase_error(code: str, info: str, *messages: tuple[str, list[str]]) -> ApiError:
    """Returns an error in Wikibase's own form, which lists its messages by name."""
    listed = [{"name": name, "parameters": parts, "html": info} for name, parts in messages]
    return ApiError(code, info, extra={"messages": listed})


def missing_parameter(name: str) -> ApiError:
    """Capture token-missing."""
    return ApiError("missingparam", f'The "{name}" parameter must be set.')


def bad_value(name: str, value: str) -> ApiError:
    """Captures unknown-action, wb-bad-site."""
    return ApiError("badvalue", f'Unrecognized value for parameter "{name}": {value}.')


def rate_limited() -> ApiError:
    """Capture ratelimited-upload-commit: no `Retry-After`, no file key."""
    return ApiError(
        "ratelimited", "You've exceeded your rate limit. Please wait some time and try again."
    )


def edit_conflict() -> ApiError:
    """Capture edit-editconflict."""
    return ApiError("editconflict", "Edit conflict.")
