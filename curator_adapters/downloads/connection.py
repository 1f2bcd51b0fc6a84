"""Opens one HTTP request to an address that was checked, and to no other."""

from __future__ import annotations

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
        proxies: Any = None,  # noqa: ARG002 (a proxy would resolve the name anew)
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


class Connection:
    """A session for one target; `close` ends it. Raises requests' exceptions."""

    def __init__(self, target: Target, user_agent: str, verify: bool | str) -> None:
        self._target = target
        self._session = requests.Session()
        # Neither proxies (they would resolve the name anew) nor a .netrc's passwords.
        self._session.trust_env = False
        self._session.verify = verify
        self._session.headers.update(
            {
                "User-Agent": user_agent,
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                "Host": target.host_header,
            }
        )

    def get(self, timeout: tuple[float, float]) -> requests.Response:
        """The answer's head; its body is still to be read, and redirects to be followed.

        An IP that cannot be connected to makes way for the next one.
        """
        last: Exception = OSError("no address")
        for ip in self._target.ips:
            self._session.mount(f"{self._target.scheme}://", _PinnedAdapter(self._target, ip))
            try:
                return self._session.get(
                    self._target.url, timeout=timeout, allow_redirects=False, stream=True
                )
            except requests.ConnectionError as error:
                if not _never_connected(error):
                    raise
                last = error
        raise last

    def close(self) -> None:
        """Ends the connection, in the middle of a body too."""
        self._session.close()


def _never_connected(error: requests.ConnectionError) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
