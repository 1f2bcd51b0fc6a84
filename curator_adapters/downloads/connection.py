"""Opens one HTTP request to an address that was checked, and to no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from curator_adapters.downloads.hosts import Target


class _PinnedAdapter(HTTPAdapter):
    """Connects to one IP whatever the address's name says meanwhile; the certificate is still
    checked against the name."""

    def __init__(self, target: Target, ip: str) -> None:
        self._target = target
        self._ip = ip
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: Any,
        proxies: Any = None,
        cert: Any = None,
    ) -> HTTPConnectionPool:
        _host, tls = self.build_connection_pool_key_attributes(request, verify, cert)
        kwargs: dict[str, Any] = {**tls}
        if self._target.scheme == "https":
            kwargs["server_hostname"] = self._target.host
        pool: HTTPConnectionPool = self.poolmanager.connection_from_host(
            self._ip, self._target.port, self._target.scheme, pool_kwargs=kwargs
        )
        return pool


@contextmanager
def answer_of(
    target: Target, user_agent: str, verify: bool | str, timeout: float
) -> Iterator[requests.Response]:
    """The head of what `target` answers; its body is still to be read. `timeout` in seconds, for
    the connection and for each silence. Raises requests' exceptions.

    An IP that cannot be connected to makes way for the next one.
    """
    headers = {
        "Host": target.host_header,
        "User-Agent": user_agent,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    request = requests.Request("GET", target.url, headers).prepare()
    last: Exception = requests.ConnectionError("no address")
    for ip in target.ips:
        # Without a session: that would read a redirect's whole body, use the environment's
        # proxies (which resolve the name anew) and send a .netrc's passwords.
        with closing(_PinnedAdapter(target, ip)) as adapter:
            try:
                answer = adapter.send(
                    request, stream=True, timeout=(timeout, timeout), verify=verify
                )
            except requests.ConnectionError as error:
                if not _never_connected(error):
                    raise
                last = error
                continue
            with closing(answer):
                yield answer
            return
    raise last


def _never_connected(error: requests.ConnectionError) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
