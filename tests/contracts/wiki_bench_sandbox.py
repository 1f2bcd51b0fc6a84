"""The sandbox on the bench: over HTTP, by the real adapters."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from curator_adapters.mediawiki.address import WikiAddress
from curator_adapters.mediawiki.api import Api, Shape
from curator_adapters.mediawiki.session import Timeouts, UserSession
from curator_adapters.mediawiki.wikibase_json import statement_of
from curator_core.domain.ids import UserId
from curator_core.domain.statement import Statement
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.wiki import Wiki
from tests.contracts.last_summary import last_summary
from tests.contracts.wiki_bench import PHOTOGRAPHER, USER_IDS, Upload, UsedUp
from tests.pictures import on_disk
from tests.sandbox import USER_AGENT, Sandbox

_KINDS = {"publish": "upload:publish", "write": "wbeditentity", "send": "upload:chunk"}


class _Anything(Shape):
    """An answer of which nothing is asked."""


class SandboxBench:
    """The sandbox over HTTP, by the real adapter."""

    version = (1, 43)

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        sandbox.calm()
        self.sandbox = sandbox
        self.wikis = sandbox.wikis()
        self.login = sandbox.login()
        self._folder = folder

    def token(self, name: str) -> AccessToken:
        return self.sandbox.grant(name)

    def session(self, name: str = PHOTOGRAPHER) -> Wiki:
        return self.wikis.session(UserId(USER_IDS[name]), self.token(name))

    def allow(self, address: str, name: str) -> str:
        return urlsplit(self.sandbox.allow(address, name)).query

    def revoke(self, name: str) -> None:
        self.sandbox.pull("tokens/revoke", account=name)

    def block(self, name: str) -> None:
        self.sandbox.pull("settings", blocked=[name])

    def make_read_only(self) -> None:
        self.sandbox.pull("settings", read_only="maintenance")

    def limit(self, name: str, limits: UsedUp) -> None:
        asked = {action: {"user": list(rate)} for action, rate in limits.items()}
        self.sandbox.pull("limits", account=name, limits=asked)

    def lag(self) -> None:
        self.sandbox.pull("settings", lag=7.5)

    def expire_write_tokens(self) -> None:
        self.sandbox.pull("tokens/expire")

    def lose_stash(self) -> None:
        self.sandbox.pull("stash/expire")

    def delete(self, title: Title) -> None:
        self.sandbox.pull("delete", title=title.page)

    def place(self, title: Title, data: bytes, name: str) -> None:
        token, file = self.token(name), on_disk(self._folder, data)
        sent = self.wikis.session(UserId("0"), token).stash.send(title, file, 0, file.size, None)
        params = {
            "action": "upload",
            "filename": title.text,
            "filekey": sent.key,
            "ignorewarnings": "1",
        }
        self._api(token).write(_Anything, params)

    def lose_next_answer(self, action: str) -> None:
        self.sandbox.pull("faults", kind=_KINDS[action], when="after", is_cut=True)

    def upload(self, title: Title) -> Upload:
        file = self.sandbox.file(title.text)
        return Upload(
            uploader=file["user"],
            wikitext=file["wikitext"],
            summary=file["revisions"][-1]["comment"],
            sha1=file["sha1"],
        )

    def statements(self, title: Title) -> list[Statement]:
        written = self.sandbox.file(title.text)["statements"]
        return [statement_of(each) for name in written for each in written[name]]

    def captions(self, title: Title) -> dict[str, str]:
        captions: dict[str, str] = self.sandbox.file(title.text)["captions"]
        return captions

    def was_refreshed(self, title: Title) -> bool:
        return self.sandbox.file(title.text)["purged"] is not None

    def summary(self, page: str) -> str:
        return last_summary(self._api(self.token(PHOTOGRAPHER)), page)

    def requests_made(self) -> int:
        return self.sandbox.total()

    def _api(self, token: AccessToken) -> Api:
        proof = self.sandbox.consumer.prove(token)
        session = UserSession(proof, USER_AGENT, Timeouts())
        return Api(WikiAddress(self.sandbox.wiki_url), session)
