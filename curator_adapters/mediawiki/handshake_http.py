"""What mwoauth sends its requests with: time-outs on each, and errors told apart before it sees
them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, NoReturn

import requests
from requests.auth import AuthBase

from curator_adapters.mediawiki.address import WikiAddress
from curator_adapters.mediawiki.answers import fault_of_status, unreachable
from curator_adapters.mediawiki.api_error import ApiError
from curator_adapters.mediawiki.authentication import silence_signing
from curator_adapters.mediawiki.faults import fault_of, kind_of
from curator_adapters.mediawiki.metering import metered
from curator_adapters.mediawiki.session import Timeouts
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.ports.meter import Meter

_PROTOCOL_ERROR = "An error occurred in the OAuth protocol: "


def mwoauth_over(http: HandshakeHttp) -> ModuleType:
    """mwoauth's `initiate`, `complete` and `identify`, sending through `http`.

    mwoauth 0.4 calls `requests.post` without a time-out and offers no place for a session. So
    this is an instance of its module of our own, in which the name `requests` means `http`;
    what others import as mwoauth stays as it is.
    """
    spec = find_spec("mwoauth.functions")
    if spec is None or spec.loader is None:
        raise ImportError("mwoauth has no module `functions`")
    functions = module_from_spec(spec)
    spec.loader.exec_module(functions)
    vars(functions)["requests"] = http
    return functions


class HandshakeHttp:
    """The part of requests that mwoauth uses. Nothing is kept between calls: each handshake is
    another visitor's."""

    def __init__(self, address: WikiAddress, timeouts: Timeouts, meter: Meter) -> None:
        self._address = address
        self._timeouts = timeouts
        self._meter = meter

    def post(
        self, url: str, params: Mapping[str, str], auth: AuthBase, headers: Mapping[str, str]
    ) -> requests.Response:
        """One request. Raises `Faulted` for anything but an answer of the OAuth extension."""
        silence_signing()
        # `Special:OAuth/initiate`, `/token`, `/identify`.
        step = params.get("title", "").rpartition("/")[2]
        with metered(self._meter, f"oauth-{step}"):
            return self._posted(url, params, auth, headers)

    def _posted(
        self, url: str, params: Mapping[str, str], auth: AuthBase, headers: Mapping[str, str]
    ) -> requests.Response:
        try:
            response = requests.post(
                url,
                params=params,
                auth=auth,
                headers=headers,
                timeout=(self._timeouts.connect, self._timeouts.read),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise Faulted(unreachable(self._address, error)) from None
        self._refuse_errors(response)
        return response

    def _refuse_errors(self, response: requests.Response) -> None:
        # The extension says no with HTTP 200: `Error: …`, or an object with `error`.
        if response.text.startswith("Error: "):
            _refuse("mwoauth-invalid-authorization", response.text.removeprefix("Error: "))
        answer = _object_in(response)
        if "error" in answer:
            _refuse(str(answer["error"]), str(answer.get("message", "")))
        if not response.ok or response.is_redirect:
            raise Faulted(fault_of_status(self._address, response))
        if response.text.lstrip().startswith("<"):
            sentence = f"What answers at {self._address} is not a wiki with OAuth."
            raise Faulted(unreachable(self._address, sentence))


def _refuse(code: str, message: str) -> NoReturn:
    words = message.removeprefix(_PROTOCOL_ERROR)
    known = ApiError(code="mwoauth-invalid-authorization", words=words)
    if kind_of(known):
        raise Faulted(fault_of(known))
    raise Faulted(Fault(kind=FaultKind.REFUSED, code=code, info=words))


def _object_in(response: requests.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}
