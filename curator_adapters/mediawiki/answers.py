"""From an HTTP answer, or the lack of one, to the API's own words or a `Fault`."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import requests
import urllib3.exceptions

from curator_adapters.mediawiki.address import WikiAddress
from curator_adapters.mediawiki.api_error import error_in, retry_after_in
from curator_adapters.mediawiki.faults import fault_of, kind_of
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind

_TIMED_OUT = 408


_NO_CONNECTION = (
    requests.ConnectTimeout,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
)
"""Nothing was sent where not even a connection was made."""


def judged(
    address: WikiAddress, response: requests.Response, misshapen: FaultKind
) -> dict[str, Any]:
    """The answer's JSON object. Raises `Faulted` where it says no, or is no answer of an API:
    `misshapen` where the status is good and the body is no object.

    An error that we know counts whatever the HTTP status; then the status; then the rest.
    """
    body = _json_object(response)
    error = error_in(body, response.headers) if body is not None else None
    if error is not None and (kind_of(error) or response.ok):
        raise Faulted(fault_of(error))
    if not response.ok or response.is_redirect:
        raise Faulted(fault_of_status(address, response))
    if body is None:
        sentence = f"What answers at {address} is not a wiki's API: is the address right?"
        raise Faulted(Fault(kind=misshapen, info=sentence))
    return body


def unreachable(address: WikiAddress, reason: requests.RequestException | str) -> Fault:
    """The wiki did not answer, or not as a wiki does. The sentence names its address and never
    what was sent."""
    if isinstance(reason, str):
        return Fault(kind=FaultKind.UNREACHABLE, info=reason)
    info = f"The wiki at {address} cannot be reached: {_said_plainly(reason)}."
    no_effect = any(isinstance(cause, _NO_CONNECTION) for cause in _causes(reason))
    return Fault(kind=FaultKind.UNREACHABLE, info=info, no_effect=no_effect)


def fault_of_status(address: WikiAddress, response: requests.Response) -> Fault:
    """What an HTTP status means that is neither a success nor an error of the API."""
    status, wait = response.status_code, retry_after_in(response.headers)
    if status == 429 or (status == 503 and wait is not None):
        info = f"The wiki at {address} is busy (HTTP {status})."
        return Fault(kind=FaultKind.BUSY, info=info, retry_after=wait, no_effect=status == 429)
    if status == 413:
        info = f"The wiki at {address} takes no request this large (HTTP 413)."
        return Fault(kind=FaultKind.REFUSED, info=info)
    if response.is_redirect:
        info = f"The address {address} leads on to another (HTTP {status}): is it right?"
        return Fault(kind=FaultKind.ODD_ANSWER, info=info)
    if 400 <= status < 500 and status != _TIMED_OUT:
        info = f"The wiki at {address} answered with HTTP {status}: is the address right?"
        return Fault(kind=FaultKind.ODD_ANSWER, info=info)
    return unreachable(address, f"The wiki at {address} answered with HTTP {status}.")


def _json_object(response: requests.Response) -> dict[str, Any] | None:
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _said_plainly(error: requests.RequestException) -> str:
    causes = list(_causes(error))
    if isinstance(error, requests.ConnectTimeout):
        return "it does not accept connections in time"
    if isinstance(error, requests.Timeout):
        return "it took too long to answer"
    if isinstance(error, requests.exceptions.SSLError):
        return "its TLS certificate is not to be trusted"
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "there is no host of that name"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "nothing listens there"
    if isinstance(error, ValueError):
        # requests derives InvalidURL, MissingSchema and InvalidSchema from it.
        return "that is not a web address"
    return "the connection broke"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that led to it; urllib3 hides some in `args` and `reason`."""
    seen: set[int] = set()
    rest: list[object] = [error]
    while rest:
        cause = rest.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        rest += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
