"""All processes of a chaos run, and who starts them again when they end."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from curator_cli.bootstrap import variables
from curator_cli.demo.processes import Child, start, stop_all
from tests.chaos.configuration import Size, configuration
from tests.chaos.guard import VARIABLE, end_all
from tests.chaos.servers import HOST, MariaDb, Unready, Valkey, quiet_port

_CHECKOUT = Path(__file__).parents[2]
_LOOK_EVERY_SECONDS = 0.05
_START_SECONDS = 60.0
_AGAIN_AFTER_SECONDS = 1.0
"""Between the end of a process that was not killed by us and its next start."""


@dataclass(slots=True, kw_only=True)
class Post:
    """A place that is always filled: when its process ends, another is started after `due`
    (by `time.monotonic`). `struck`: its end, or its refusal to start, is our doing."""

    name: str
    command: list[str]
    log: Path
    child: Child | None = None
    due: float = 0.0
    starts: int = 0
    struck: bool = False


@dataclass(slots=True, kw_only=True)
class House:
    """The processes, their addresses and their secrets; see `standing_house`."""

    folder: Path
    size: Size
    mark: str
    environment: dict[str, str]
    sandbox_url: str
    web_urls: list[str]
    valkey: Valkey
    mariadb: MariaDb | None
    posts: dict[str, Post] = field(default_factory=dict)
    sandbox: Child | None = None
    fallen: list[str] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)
    starts: Counter[str] = field(default_factory=Counter)
    _closing: threading.Event = field(default_factory=threading.Event)
    _changing: threading.RLock = field(default_factory=threading.RLock)

    @property
    def database_url(self) -> str:
        """SQLAlchemy's address of the database."""
        return self.environment["DB_URL"]

    def secrets(self) -> dict[str, str]:
        """What must not be read anywhere, by its name."""
        names = ("SECRET_KEY", "TOKEN_ENCRYPTION_KEY", "CURATOR_OAUTH1_SECRET", "REDIS_PASSWORD")
        found = {name: self.environment[name] for name in (*names, "MAPILLARY_API_TOKEN")}
        if self.mariadb is not None:
            found["the database's password"] = self.mariadb.password
        return found

    def logs(self) -> list[Path]:
        """Of everything that is ours."""
        return sorted(self.folder.glob("web-*.log")) + sorted(self.folder.glob("worker-*.log"))

    def start(self) -> None:
        """Everything, until all answer. Raises `Unready`."""
        self.valkey.start()
        if self.mariadb is not None:
            self.mariadb.install()
            self.mariadb.start()
        self.sandbox = self._started("sandbox", self._sandbox_command())
        _until_answered(self.sandbox_url, "the sandbox")
        for number, url in enumerate(self.web_urls, 1):
            port = url.rpartition(":")[2]
            self._fill(f"web-{number}", "curator_web", "--host", HOST, "--port", port)
        for url in self.web_urls:
            _until_answered(f"{url}/healthz", "a web")
        for number in range(1, self.size.workers + 1):
            self._fill(f"worker-{number}", "curator_worker")
        threading.Thread(target=self._supervise, name="supervisor", daemon=True).start()

    def strike(self, name: str, number: signal.Signals, away: float) -> bool:
        """Sends a signal that ends a worker or a web; another comes `away` seconds after its
        end. False where none is there to be struck."""
        with self._changing:
            post = self.posts[name]
            if post.child is None or not post.child.is_alive():
                return False
            post.struck, post.due = True, time.monotonic() + away
            _signal(post.child, number)
            return True

    def pause(self, child: Child | None) -> bool:
        """SIGSTOP; False where nobody is there."""
        return child is not None and child.is_alive() and _signal(child, signal.SIGSTOP)

    def go_on(self, child: Child | None) -> None:
        """SIGCONT."""
        if child is not None:
            _signal(child, signal.SIGCONT)

    def stop(self) -> None:
        """Ends every process, those that stand still too."""
        self._closing.set()
        with self._changing:
            workers = [post.child for post in self.posts.values() if post.child is not None]
            for child in workers:
                self.go_on(child)
            stop_all(workers)
            rest = [self.sandbox, self.valkey.child, self.mariadb.child if self.mariadb else None]
            there = [child for child in rest if child is not None]
            for child in there:
                self.go_on(child)
            stop_all(there)

    def _fill(self, name: str, module: str, *arguments: str) -> None:
        post = Post(
            name=name,
            command=[sys.executable, "-m", module, *arguments],
            log=self.folder / f"{name}.log",
        )
        self.posts[name] = post
        self._start_at(post)

    def _start_at(self, post: Post) -> None:
        post.child = self._started(post.name, post.command)
        post.struck = False
        self.starts[post.name.partition("-")[0]] += 1

    def _started(self, name: str, command: list[str]) -> Child:
        log = self.folder / f"{name}.log"
        return start(name, command, self.environment, self.folder, log)

    def _sandbox_command(self) -> list[str]:
        options = {
            "--port": self.sandbox_url.rpartition(":")[2],
            "--users": self.size.users,
            "--photographs": self.size.photographs,
            "--per-minute": self.size.per_minute,
        }
        told = [str(part) for option in options.items() for part in option]
        return [sys.executable, "-m", "tests.chaos.sandbox", *told]

    def _supervise(self) -> None:
        while not self._closing.wait(_LOOK_EVERY_SECONDS):
            for post in self.posts.values():
                with self._changing:
                    if not self._closing.is_set():
                        self._look_after(post)

    def _look_after(self, post: Post) -> None:
        if post.child is not None and not post.child.is_alive():
            if not post.struck:
                self._note_fall(post, post.child)
                post.due = time.monotonic() + _AGAIN_AFTER_SECONDS
            post.child = None
        if post.child is None and time.monotonic() >= post.due:
            self._start_at(post)

    def _note_fall(self, post: Post, child: Child) -> None:
        words = child.last_words()
        # Without its database it may refuse to start, in a sentence; whoever runs has to go on.
        if "cannot start" not in words.splitlines()[-1]:
            self.fallen.append(f"{post.name} ended by itself:\n{words}")


@contextmanager
def standing_house(folder: Path, size: Size) -> Iterator[House]:
    """Everything of a run, started; nothing of it is left after the block, however it ends."""
    mark = secrets.token_hex(8)
    with ExitStack() as undone:
        undone.enter_context(_guarded(mark))
        house = _house(folder, size, mark)
        # What nobody thought of.
        undone.callback(lambda: house.left_behind.extend(end_all(mark)))
        undone.callback(house.stop)
        house.start()
        yield house


@contextmanager
def _guarded(mark: str) -> Iterator[None]:
    guard = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.guard", mark],
        stdin=subprocess.PIPE,
        cwd=_CHECKOUT,
        start_new_session=True,
    )
    try:
        yield
    finally:
        guard.communicate()


def _house(folder: Path, size: Size, mark: str) -> House:
    sandbox_url = f"http://{HOST}:{quiet_port()}"
    # Nothing of the operator's own configuration.
    configured = variables()
    kept = {name: value for name, value in os.environ.items() if name not in configured}
    environment = kept | {VARIABLE: mark, "TMPDIR": str(folder), "PYTHONPATH": str(_CHECKOUT)}
    valkey = Valkey(
        folder=folder, environment=dict(environment), password=secrets.token_urlsafe(24)
    )
    mariadb = None
    if size.database == "mariadb":
        mariadb = MariaDb(
            folder=folder, environment=dict(environment), password=secrets.token_urlsafe(24)
        )
    database_url = mariadb.url if mariadb else f"sqlite:///{folder / 'curator.db'}"
    return House(
        folder=folder,
        size=size,
        mark=mark,
        environment=environment | configuration(folder, size, sandbox_url, valkey, database_url),
        sandbox_url=sandbox_url,
        web_urls=[f"http://{HOST}:{quiet_port()}" for _ in range(size.webs)],
        valkey=valkey,
        mariadb=mariadb,
    )


def _signal(child: Child, number: signal.Signals) -> bool:
    if not child.is_alive():
        return False
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)
    return True


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def _until_answered(url: str, what: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while not _answers(url):
        if time.monotonic() > until:
            raise Unready(f"{what} did not start")
        time.sleep(_LOOK_EVERY_SECONDS)
