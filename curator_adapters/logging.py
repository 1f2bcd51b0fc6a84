"""Logs: events with fields, as lines for people or as JSON, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"

_SECRET_NAME = re.compile(
    r"token|secret|passw|authori[sz]ation|cookie|credential|signature|api_?key|^keys?$",
    re.IGNORECASE,
)

# What libraries write into their texts: signed headers, form fields, addresses with a password.
_SECRET_TEXT = (
    re.compile(r"(\bauthori[sz]ation['\"]?\s*[:=]\s*)[^\n]+", re.IGNORECASE),
    re.compile(r"(\bbearer\s+)[\w.~+/|=-]{12,}", re.IGNORECASE),
    # After a colon only where a name in quotes precedes it: "badtoken: Invalid…" is no secret.
    re.compile(
        r"(\b\w*(?:oauth_\w+|token|secret|password|signature)(?:\s*=\s*|['\"]\s*:\s*))"
        r"(?:\"[^\"]*\"|'[^']*'|[^\s&,;)}]+)",
        re.IGNORECASE,
    ),
    re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)"),
)

# They write signatures and whole headers at DEBUG.
_TOO_TALKATIVE = ("oauthlib", "requests_oauthlib", "urllib3", "celery.utils.functional", "kombu")


def configure_logging(level: str, *, as_json: bool, stream: TextIO | None = None) -> None:
    """Sends everything logged from `level` up to `stream` (stderr), the libraries' logs as well.

    `level` is a name such as `INFO`. A second call takes the place of the first.
    """
    out = stream or sys.stderr
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*first, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # What a module's logger was before the shell configured it is not to be kept.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=first,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # As text, at once: structlog's own ways to show a trace show local variables.
                structlog.processors.format_exc_info,
                without_secrets,
                _renderer(out, as_json=as_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TOO_TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))


def without_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hides values by their field's name, at any depth, and secrets that stand in texts."""
    return {name: _shown(name, value) for name, value in event.items()}


def _shown(name: object, value: object) -> object:
    if isinstance(name, str) and _SECRET_NAME.search(name):
        return HIDDEN
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {key: _shown(key, each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_shown(None, each) for each in value]
        case bytes():
            return _without_secret_text(value.decode(errors="replace"))
        case _:
            return _without_secret_text(str(value))


def _without_secret_text(text: str) -> str:
    for pattern in _SECRET_TEXT:
        text = pattern.sub(rf"\1{HIDDEN}", text)
    return text


def _renderer(out: TextIO, *, as_json: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
