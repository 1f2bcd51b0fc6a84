"""The servers that tests lean on: private, empty, and gone when the run ends."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import redis
import sqlalchemy

from tests import services
from tests.services import RedisAddress, running_redis

CHECKOUT = Path(__file__).parents[1]


def is_alive(address: RedisAddress) -> bool:
    with address.client() as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def test_a_database_is_empty_and_a_test_own(mariadb_url: str) -> None:
    engine = sqlalchemy.create_engine(mariadb_url)
    assert sqlalchemy.inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE left_behind (id int)"))
    engine.dispose()


def test_a_database_is_empty_whatever_another_test_left(mariadb_url: str) -> None:
    engine = sqlalchemy.create_engine(mariadb_url)
    assert sqlalchemy.inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_free_port_refuses_everybody_until_a_server_takes_it() -> None:
    place = (services.HOST, services.free_port())
    with pytest.raises(ConnectionRefusedError), socket.create_connection(place):
        pytest.fail("somebody answered")
    with pytest.raises(OSError, match="in use"), socket.socket() as another:
        another.bind(place)
    with socket.create_server(place), socket.create_connection(place) as answered:
        assert answered.getpeername() == place


def test_redis_answers_until_its_block_ends() -> None:
    with running_redis() as address:
        assert is_alive(address)
    assert not is_alive(address)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_does_not_outlive_a_killed_run(how: signal.Signals, tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from tests.services import running_redis\n"
            "with running_redis() as address:\n"
            "    print(address.port, flush=True)\n"
            "    input()\n",
        ],
        cwd=CHECKOUT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    address = RedisAddress(host=services.HOST, port=int(owner.stdout.readline()))
    with address.client() as client:
        listener = client.pubsub()
        listener.subscribe("anything")
        assert listener.get_message(timeout=5)
        owner.send_signal(how)
        # The connection breaks when the server ends: nothing has to be waited out.
        with pytest.raises(redis.ConnectionError):
            listener.get_message(timeout=10)
    owner.communicate()


def test_what_is_missing_skips_at_a_desk_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"to get it: apt install thing"):
        services.missing("A thing", "apt install thing")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"to get it: apt install thing"):
        services.missing("A thing", "apt install thing")
