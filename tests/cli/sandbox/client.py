"""A plain client of the wiki's API, of its own so that it shares no mistake with Curator's."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from requests_oauthlib import OAuth1

from curator_cli.sandbox.settings import SandboxSettings

Json = dict[str, Any]
TIMEOUT = 30
PHOTOGRAPHER = "Sandbox photographer"


@dataclass
class WikiClient:
    """Acts on the wiki as one account; `last` is the latest HTTP answer."""

    base: str
    settings: SandboxSettings
    account: str = PHOTOGRAPHER
    last: requests.Response = field(default_factory=requests.Response)
    csrf: str = ""

    def __post_init__(self) -> None:
        granted = control(self.base, "tokens", account=self.account)
        self.key, self.secret = granted["key"], granted["secret"]
        self.http = requests.Session()
        self.http.auth = self.signer()
        answer = self.get(action="query", meta="tokens")
        self.csrf = answer["query"]["tokens"]["csrftoken"]

    def signer(self, **changes: str) -> OAuth1:
        parts = {
            "client_key": self.settings.consumer_key,
            "client_secret": self.settings.consumer_secret,
            "resource_owner_key": self.key,
            "resource_owner_secret": self.secret,
        }
        return OAuth1(**(parts | changes))

    def get(self, **parameters: Any) -> Json:
        return self._read(self.http.get(self._api, params=_asked(parameters), timeout=TIMEOUT))

    def post(self, files: dict[str, bytes] | None = None, **parameters: Any) -> Json:
        sent = {name: ("blob", content) for name, content in (files or {}).items()}
        data = _asked(parameters)
        return self._read(self.http.post(self._api, data=data, files=sent, timeout=TIMEOUT))

    def write(self, files: dict[str, bytes] | None = None, **parameters: Any) -> Json:
        return self.post(files, token=self.csrf, **parameters)

    def chunk(
        self, name: str, content: bytes, *, offset: int = 0, size: int | None = None, **more: Any
    ) -> Json:
        """Sends one chunk; `size` is that of the whole file, by default what is sent."""
        whole = offset + len(content) if size is None else size
        return self.write(
            {"chunk": content},
            action="upload",
            stash=1,
            filename=name,
            filesize=whole,
            offset=offset,
            **more,
        )

    def stashed(self, name: str, content: bytes, chunk_size: int = 0) -> str:
        """Stashes a whole file and returns its key."""
        step, key = chunk_size or len(content), ""
        for offset in range(0, len(content), step):
            more = {"filekey": key} if key else {}
            piece = content[offset : offset + step]
            size = len(content)
            answer = self.chunk(name, piece, offset=offset, size=size, ignorewarnings=1, **more)
            key = answer["upload"]["filekey"]
        return key

    def commit(self, name: str, key: str, **more: Any) -> Json:
        text = {"comment": "lab", "text": "lab text"} | more
        return self.write(action="upload", filename=name, filekey=key, **text)

    def publish(self, name: str, content: bytes, **more: Any) -> Json:
        return self.commit(name, self.stashed(name, content), **more)

    def whole_file(self, name: str, content: bytes, **more: Any) -> Json:
        text = {"comment": "lab", "text": "lab text"} | more
        return self.write({"file": content}, action="upload", filename=name, **text)

    @property
    def error_header(self) -> str | None:
        return self.last.headers.get("MediaWiki-API-Error")

    @property
    def _api(self) -> str:
        return f"{self.base}/w/api.php"

    def _read(self, response: requests.Response) -> Json:
        self.last = response
        assert response.status_code == 200, response.text
        answer: Json = response.json()
        return answer


def _asked(parameters: Json) -> dict[str, str]:
    asked = {"format": "json", "formatversion": "2"} | parameters
    return {name: str(value) for name, value in asked.items()}


def control(base: str, path: str, **body: Any) -> Json:
    """Posts to one of the sandbox's own addresses."""
    response = requests.post(f"{base}/sandbox/{path}", json=body, timeout=TIMEOUT)
    assert response.ok, response.text
    answer: Json = response.json() if response.content else {}
    return answer


def at_once(*calls: Callable[[], Json]) -> list[Json]:
    """Runs calls in parallel threads that start together; answers in the order of the calls."""
    start = threading.Barrier(len(calls))
    answers: list[Json] = [{} for _ in calls]

    def run(number: int, call: Callable[[], Json]) -> None:
        start.wait()
        answers[number] = call()

    threads = [
        threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    return answers
