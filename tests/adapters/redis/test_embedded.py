"""The private server that runs where no Redis is configured."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from curator_adapters.redis.connection import connect
from curator_adapters.redis.embedded import embedded_redis
from curator_core.domain.errors import ServiceDown

SECONDS = 20.0


class User:
    """Another process that uses the server of `folder`."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.adapters.redis.embedded_user", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate(timeout=SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=SECONDS)


@contextmanager
def _users(*folders: Path) -> Iterator[list[User]]:
    users = [User(folder) for folder in folders]
    try:
        yield users
    finally:
        for user in users:
            if user.process.poll() is None:
                user.kill()


def _answers(address: str) -> bool:
    try:
        connect(address, "").check()
    except ServiceDown:
        return False
    return True


def _server(address: str) -> int:
    """The server's process id."""
    number = connect(address, "").client.info("server")["process_id"]
    assert isinstance(number, int)
    return number


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _guard_of(server: int) -> int:
    return int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])


def _eventually(true: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.01)


def test_it_serves_while_the_block_lasts_and_is_gone_afterwards(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as address:
        server = _server(address)
        guard = _guard_of(server)

    assert not _answers(address)
    assert not _runs(server)
    assert not _runs(guard)
    assert not (tmp_path / "redis" / "address.json").exists()


def test_it_serves_again_after_it_was_gone(tmp_path: Path) -> None:
    with embedded_redis(tmp_path):
        pass

    with embedded_redis(tmp_path) as address:
        assert _answers(address)


def test_nobody_else_on_the_machine_can_use_it(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as address:
        parts = urlsplit(address)

        assert not _answers(f"redis://{parts.hostname}:{parts.port}/0")
        assert parts.hostname == "127.0.0.1"
        assert parts.password is not None
        assert parts.password not in _command_line(_server(address))
        for path in [tmp_path / "redis", *(tmp_path / "redis").iterdir()]:
            if path.name != "server.log":
                assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path
        assert parts.password not in (tmp_path / "redis" / "server.log").read_text()


def _command_line(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text()


def test_another_process_joins_the_server_that_runs(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as address, _users(tmp_path) as (user,):
        assert user.address == address


def test_two_directories_have_two_servers(tmp_path: Path) -> None:
    with embedded_redis(tmp_path / "one") as one, embedded_redis(tmp_path / "two") as other:
        assert one != other
        assert not _answers(other.replace(str(urlsplit(other).password), "guessed"))


def test_many_that_come_at_once_share_one_server(tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as threads, ExitStack() as leaving:
        users = list(threads.map(lambda _: User(tmp_path), range(6)))
        for user in users:
            leaving.callback(user.kill)

        assert len({user.address for user in users}) == 1
        assert _answers(users[0].address)


def test_the_server_stays_while_anybody_uses_it(tmp_path: Path) -> None:
    with _users(tmp_path, tmp_path) as (starter, joiner):
        starter.leave()
        assert _answers(joiner.address)

        joiner.leave()
        assert not _answers(joiner.address)


def test_a_killed_user_does_not_take_it_from_the_others(tmp_path: Path) -> None:
    with _users(tmp_path, tmp_path) as (starter, joiner):
        starter.kill()

        assert _answers(joiner.address)
        joiner.leave()
        assert not _answers(joiner.address)


def test_nothing_stays_behind_when_the_last_user_is_killed(tmp_path: Path) -> None:
    with _users(tmp_path) as (user,):
        server = _server(user.address)
        guard = _guard_of(server)

        user.kill()

        _eventually(lambda: not _runs(server) and not _runs(guard))
        assert not (tmp_path / "redis" / "address.json").exists()


def test_a_server_that_outlived_its_guard_and_all_users_is_used_again(tmp_path: Path) -> None:
    with _users(tmp_path) as (user,):
        server = _server(user.address)
        os.kill(_guard_of(server), signal.SIGKILL)
        user.kill()
        address = user.address
    assert _runs(server)

    with embedded_redis(tmp_path) as again:
        assert again == address

    _eventually(lambda: not _runs(server))


def test_a_server_that_dies_while_it_is_used_is_there_again_at_its_address(
    tmp_path: Path,
) -> None:
    with embedded_redis(tmp_path) as address:
        first = _server(address)
        _eventually(lambda: _age(first) > 1.5)
        os.kill(first, signal.SIGKILL)

        _eventually(lambda: not _runs(first) and _answers(address))
        assert _server(address) != first
    assert not _answers(address)


def _age(process: int) -> float:
    return time.time() - Path(f"/proc/{process}").stat().st_ctime


def test_what_a_killed_server_left_is_no_hindrance(tmp_path: Path) -> None:
    with _users(tmp_path) as (user,):
        server = _server(user.address)
        os.kill(_guard_of(server), signal.SIGKILL)
        os.kill(server, signal.SIGKILL)
        _eventually(lambda: not _answers(user.address))

        with embedded_redis(tmp_path) as address:
            assert address != user.address
            assert _answers(address)


@pytest.mark.parametrize("record", ["", "{", "[]", '{"address": 7}', '{"address": "redis://"}'])
def test_a_record_that_cannot_be_read_is_no_hindrance(tmp_path: Path, record: str) -> None:
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "address.json").write_text(record)

    with embedded_redis(tmp_path) as address:
        assert _answers(address)


def test_a_stranger_at_the_recorded_port_is_not_taken_for_the_server(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        record = f'{{"address": "redis://:password@127.0.0.1:{port}/0"}}'
        (tmp_path / "redis" / "address.json").write_text(record)

        with embedded_redis(tmp_path) as address:
            assert urlsplit(address).port != port
            assert _answers(address)


def test_ctrl_c_does_not_reach_it_before_its_users(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as address:
        server = _server(address)

        assert os.getsid(server) != os.getsid(0)
        assert os.getpgid(server) != os.getpgid(0)


def test_a_fork_that_leaves_the_block_leaves_the_server_to_its_parent(tmp_path: Path) -> None:
    block = embedded_redis(tmp_path)
    address = block.__enter__()
    child = os.fork()
    if child == 0:
        try:
            block.__exit__(None, None, None)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert _answers(address)

    block.__exit__(None, None, None)
    assert not _answers(address)


def test_a_long_path_is_as_good_as_a_short_one(tmp_path: Path) -> None:
    long = tmp_path / ("a" * 100) / ("b" * 100)

    with embedded_redis(long) as address:
        assert _answers(address)


def test_a_directory_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ServiceDown, match="needs a folder"), embedded_redis(tmp_path / "file"):
        pytest.fail("there is nowhere to keep anything")
