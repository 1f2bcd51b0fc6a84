"""A private MediaWiki of Debian's, for contracts that a real wiki has to keep."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from curator_adapters.mediawiki.address import WikiAddress
from curator_adapters.mediawiki.api import Api, Shape
from curator_adapters.mediawiki.authentication import BotPasswords
from curator_adapters.mediawiki.session import Timeouts, UserSession
from curator_adapters.mediawiki.wiki import BACKGROUND_FROM, MediaWikis
from curator_core.domain.user import AccessToken
from tests.sandbox import USER_AGENT
from tests.services import HOST, Server, free_port, missing

PACKAGES = "php-cgi micro-httpd netcat-traditional php-cli php-sqlite3 mediawiki"
_CODE = Path("/usr/share/mediawiki")
MAINTENANCE = _CODE / "maintenance"
_SETTINGS = Path(__file__).parent / "real_wiki_data" / "LocalSettings.php"
_ADMIN = "Sandbox admin"
_GROUPS = {
    "Sandbox photographer": "confirmed",
    "Second photographer": "confirmed",
    "Sandbox bot": "confirmed,bot",
    "Newbie": "",
}
_GRANTS = (
    "basic",
    "highvolume",
    "editpage",
    "createeditmovepage",
    "uploadfile",
    "uploadeditmovefile",
)
_GENEROUS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "upload": {"user": (60, 60)},
    "edit": {"user": (120, 60)},
    "purge": {"user": (120, 60)},
    "linkpurge": {"user": (120, 60)},
}
_CALM = {"limits": _GENEROUS, "read_only": "", "lag": 0, "token_salt": "", "lose": None}
_BLACKLIST = (
    ".*BLACKLISTEDWORD.* <casesensitive>\n"
    r"File:(?:DSC|IMG|PICT|DCP)[ _-]?\d+\.\w+ <reupload|errmsg=titleblacklist-custom-filename>"
    "\n"
)
_FORGET = "DELETE FROM objectcache WHERE CAST(keyname AS TEXT) LIKE ?"
_STARTS = 5


class Anything(Shape):
    """An answer of which nothing is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RealWiki:
    """Where it is, and its levers."""

    base_url: str
    folder: Path
    password: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def wiki_url(self) -> str:
        """The wiki's script path."""
        return f"{self.base_url}/w"

    @property
    def environment(self) -> dict[str, str]:
        """What the wiki's programs run in."""
        return {
            **os.environ,
            "MW_CONFIG_FILE": str(_SETTINGS),
            "PHP_CLI_SERVER_WORKERS": "4",
            "WIKI_FOLDER": str(self.folder),
            "WIKI_SERVER": self.base_url,
            "WIKI_SECRET": self.secret,
        }

    def wikis(self, *, background_from: int = BACKGROUND_FROM) -> MediaWikis:
        """Sessions of nobody yet."""
        return MediaWikis(
            self.wiki_url, BotPasswords(), USER_AGENT, background_from=background_from
        )

    def api(self, token: AccessToken) -> Api:
        """The API itself, for what no port offers."""
        session = UserSession(BotPasswords().prove(token), USER_AGENT, Timeouts())
        return Api(WikiAddress(self.wiki_url), session)

    def as_admin(self, action: str, **params: str) -> None:
        """One write of the administrator's."""
        admin = AccessToken(key=_ADMIN, secret=self.password)
        self.api(admin).write(Anything, {"action": action, **params})

    def grant(self, account: str) -> AccessToken:
        """A new bot password."""
        app, password = secrets.token_hex(4), secrets.token_hex(16)
        salt = secrets.token_hex(4)
        inner = hashlib.md5(password.encode()).hexdigest()
        # Type B of MediaWiki's kinds of passwords: the others take a tenth of a second each.
        hashed = f":B:{salt}:{hashlib.md5(f'{salt}-{inner}'.encode()).hexdigest()}"
        with self.database("wiki") as wiki:
            wiki.execute(
                "INSERT INTO bot_passwords SELECT user_id, ?, ?, ?, ?, ? FROM user"
                " WHERE CAST(user_name AS TEXT) = ?",
                (
                    app,
                    hashed,
                    secrets.token_hex(16),
                    json.dumps({"IPAddresses": ["0.0.0.0/0", "::/0"]}),
                    json.dumps(_GRANTS),
                    account,
                ),
            )
        return AccessToken(key=f"{account}@{app}", secret=password)

    def revoke(self, account: str) -> None:
        """All bot passwords of the account are gone."""
        with self.database("wiki") as wiki:
            wiki.execute(
                "DELETE FROM bot_passwords WHERE bp_user IN"
                " (SELECT user_id FROM user WHERE CAST(user_name AS TEXT) = ?)",
                (account,),
            )

    def pull(self, **levers: object) -> None:
        """Moves levers of `LocalSettings.php`; the others stay where they are."""
        path = self.folder / "levers.json"
        moved = {**json.loads(path.read_text()), **levers}
        (self.folder / "lose").touch()
        new = self.folder / "levers.new"
        new.write_text(json.dumps(moved))
        new.replace(path)

    def limit(self, limits: Mapping[str, Mapping[str, tuple[int, int]]]) -> None:
        """Gives every account these limits for these actions; nothing of them is used up."""
        self.pull(limits={**_GENEROUS, **limits})
        with self.database("wikicache") as cache:
            cache.execute(_FORGET, ("%:limiter:%",))

    def lose_stash(self) -> None:
        """Every stashed file and every upload under way is gone."""
        with self.database("wiki") as wiki:
            wiki.execute("DELETE FROM uploadstash")

    def lose_sessions(self) -> None:
        """What was half sent is still in the stash, but nothing is known of how far it came."""
        with self.database("wikicache") as cache:
            cache.execute(
                "DELETE FROM objectcache WHERE CAST(keyname AS TEXT) LIKE '%uploadstatus%'"
            )

    def forget_logins(self) -> None:
        """Everybody is logged out."""
        with self.database("wikicache") as cache:
            cache.execute(_FORGET, ("%:MWSession:%",))

    def was_refreshed(self, page: str) -> bool:
        """Whether anybody had this page made anew, by a purge or a null edit."""
        log = self.folder / "refreshed"
        return log.exists() and page in log.read_text().splitlines()

    def total(self) -> int:
        """All requests so far."""
        return (self.folder / "requests").stat().st_size

    def calm(self) -> None:
        """Nothing is wrong any more, and nobody has used up anything."""
        self.pull(**_CALM)
        self.limit({})
        with self.database("wiki") as wiki:
            wiki.execute("DELETE FROM ipblocks")

    @contextmanager
    def database(self, name: str) -> Iterator[sqlite3.Connection]:
        """One of its databases; committed at the end of the block."""
        path = self.folder / "data" / f"{name}.sqlite"
        with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
            yield connection

    def is_up(self) -> None:
        """Raises what requests raises where it does not answer."""
        asked = {"action": "query", "meta": "siteinfo", "format": "json"}
        requests.get(f"{self.wiki_url}/api.php", params=asked, timeout=20).raise_for_status()


@contextmanager
def running_mediawiki() -> Iterator[RealWiki]:
    """A private wiki until the block ends, or a skip where it is not installed."""
    php = shutil.which("php")
    if php is None or not (_CODE / "api.php").exists():
        missing("MediaWiki", f"apt install {PACKAGES}")
    log = ""
    for _ in range(_STARTS):
        folder = Path(tempfile.mkdtemp(prefix="curator-mediawiki-"))
        port = free_port()
        wiki = RealWiki(
            base_url=f"http://{HOST}:{port}",
            folder=folder,
            password=secrets.token_hex(16),
            secret=secrets.token_hex(32),
        )
        _lay_out(wiki)
        _install(php, wiki)
        command = [php, *_PHP_OPTIONS, "-S", f"{HOST}:{port}", "-t", str(folder / "root")]
        with Server(command, folder, wiki.environment) as process:
            if process.answers(wiki.is_up, requests.RequestException):
                yield wiki
                return
            log = process.log()
    pytest.fail(f"MediaWiki did not start:\n{log}", pytrace=False)


_PHP_OPTIONS = [
    *("-d", "upload_max_filesize=100M"),
    *("-d", "post_max_size=100M"),
    *("-d", "memory_limit=256M"),
    *("-d", "display_errors=0"),
    *("-d", "opcache.validate_timestamps=0"),
]


def _lay_out(wiki: RealWiki) -> None:
    for name in ("data", "images", "root"):
        (wiki.folder / name).mkdir()
    (wiki.folder / "root" / "w").symlink_to(_CODE)
    (wiki.folder / "root" / "images").symlink_to(wiki.folder / "images")
    (wiki.folder / "requests").touch()
    (wiki.folder / "blacklist").write_text(_BLACKLIST)
    (wiki.folder / "levers.json").write_text(json.dumps(_CALM))


def _install(php: str, wiki: RealWiki) -> None:
    install = [
        *("--dbtype", "sqlite", "--dbname", "wiki", "--dbpath", str(wiki.folder / "data")),
        *("--confpath", str(wiki.folder), "--scriptpath", "/w", "--server", wiki.base_url),
        *("--pass", wiki.password, "Private Commons", _ADMIN),
    ]
    # The installer looks for settings, and must find none.
    own = {name: value for name, value in wiki.environment.items() if name != "MW_CONFIG_FILE"}
    run([php, str(MAINTENANCE / "install.php"), *install], own)
    for name, groups in _GROUPS.items():
        promoted = [f"--custom-groups={groups}"] if groups else []
        script = str(MAINTENANCE / "createAndPromote.php")
        run([php, script, *promoted, name, secrets.token_hex(16)], wiki.environment)


def run(command: list[str], environment: Mapping[str, str]) -> None:
    """Runs one of the wiki's programs to its end; the test fails where the program does."""
    done: subprocess.CompletedProcess[Any] = subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(f"{Path(command[1]).name} failed:\n{done.stdout}", pytrace=False)
