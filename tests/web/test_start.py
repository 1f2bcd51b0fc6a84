"""`python -m curator_web`: how it starts, how it ends, and what it says when it cannot."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError

import pytest
from cryptography.fernet import Fernet
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from curator_web.config import WebConfig
from curator_web.session import Sessions
from tests.services import free_port

KEY = "a key for tests"


@dataclass(frozen=True, slots=True)
class Web:
    """A web process that serves."""

    process: subprocess.Popen[str]
    address: str
    said: list[str] = field(default_factory=list)

    def asked(self, path: str) -> tuple[int, str]:
        """Status and body."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.read().decode()

    def socket(self) -> ClientConnection:
        """A WebSocket of somebody logged in."""
        sessions = Sessions.of(WebConfig(session_keys=(KEY,)))
        content = {"id": "1", "name": "Ada", "key": "the-key", "secret": "the-secret"}
        cookie = sessions.login.box.encrypt(json.dumps(content).encode()).decode()
        headers = {"Cookie": f"curator_session={cookie}"}
        address = self.address.replace("http", "ws") + "/ws"
        return connect(address, additional_headers=headers)

    def ends_on(self, sent: signal.Signals) -> int:
        """The exit code after a signal, within the time allowed."""
        self.process.send_signal(sent)
        self.said.append(self.process.communicate(timeout=10)[1])
        return self.process.returncode


def _environment(folder: Path, given: dict[str, str]) -> dict[str, str]:
    ours = {"CURATOR_DATA_DIR": str(folder / "data"), "SECRET_KEY": KEY}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd())} | ours | given


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "curator_web", *arguments]


@contextmanager
def started(folder: Path, **given: str) -> Iterator[Web]:
    """A web process on a free port."""
    process = subprocess.Popen(
        _command("--port", "0"),
        cwd=folder,
        env=_environment(folder, given),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = []
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found and "serving" in line:
                yield Web(process, found[0], said)
                return
        pytest.fail("".join(said))
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def refused(folder: Path, *arguments: str, **given: str) -> tuple[int, str]:
    """Exit code and what was said, of a web that cannot start."""
    ended = subprocess.run(
        _command(*arguments),
        cwd=folder,
        env=_environment(folder, given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.returncode, ended.stderr


def production(**given: str) -> dict[str, str]:
    return {
        "TOKEN_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "CURATOR_OAUTH1_KEY": "consumer",
        "CURATOR_OAUTH1_SECRET": "hush-hush",
        "CURATOR_CONTACT": "tests@example.org",
    } | given


@pytest.mark.system
def test_it_serves_and_tells_its_clients_to_come_back_when_it_ends(tmp_path: Path) -> None:
    with started(tmp_path) as web:
        assert web.asked("/healthz")[0] == 200
        status, page = web.asked("/")
        assert (status, "Log in" in page) == (200, True)

        with web.socket() as client:
            client.send('{"type": "CREATE_BATCH"}')
            assert json.loads(client.recv(timeout=10))["type"] == "BATCH_CREATED"
            began = time.monotonic()
            web.process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(timeout=10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        web.said.append(web.process.communicate(timeout=10)[1])
        assert web.process.returncode == 0
        assert time.monotonic() - began < 10
    log = "".join(web.said)
    assert "Traceback" not in log
    assert "the-key" not in log
    assert "the-secret" not in log


@pytest.mark.system
def test_one_that_is_told_to_end_before_it_serves_ends(tmp_path: Path) -> None:
    with started(tmp_path) as web:
        # What it says comes before the server takes the signals over.
        assert web.ends_on(signal.SIGTERM) == 0
    assert "Traceback" not in "".join(web.said)


@pytest.mark.system
@pytest.mark.slow
def test_a_source_that_never_answers_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with started(tmp_path, CURATOR_MAPILLARY_URL=address) as web, web.socket() as client:
            message = {"type": "FETCH_IMAGES", "data": "a" * 22, "handler": "mapillary"}
            client.send(json.dumps(message))
            waiting, _ = silent.accept()
            with waiting:
                assert web.ends_on(signal.SIGTERM) == 0


@pytest.mark.system
def test_the_way_back_from_the_wiki_leaves_no_secret_in_the_log(tmp_path: Path) -> None:
    with started(tmp_path) as web:
        assert web.asked("/auth/callback?oauth_token=t0ken&oauth_verifier=ver1fier")[0] == 400
        assert web.ends_on(signal.SIGINT) == 0
    log = "".join(web.said)
    assert "/auth/callback" in log
    assert "t0ken" not in log
    assert "ver1fier" not in log


@pytest.mark.system
def test_it_starts_without_redis_and_says_so(tmp_path: Path) -> None:
    nowhere = production(
        REDIS_HOST="127.0.0.1",
        REDIS_PORT=str(free_port()),
        DB_URL=f"sqlite:///{tmp_path / 'curator.db'}",
        HOST="127.0.0.1",
    )
    with started(tmp_path, **nowhere) as web:
        assert web.asked("/healthz")[0] == 200
        status, body = web.asked("/readyz")
        assert (status, json.loads(body)["down"]) == (503, ["Redis"])
        assert web.ends_on(signal.SIGTERM) == 0
    log = "".join(web.said)
    assert "no live updates" in log
    assert "hush" not in log


@pytest.mark.system
def test_a_port_in_use_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = refused(tmp_path, "--port", port)
    assert code == 1
    assert f"port {port}: Address already in use" in said


@pytest.mark.system
def test_a_database_that_does_not_answer_is_told_in_one_sentence(tmp_path: Path) -> None:
    database = f"mysql://curator:hush@127.0.0.1:{free_port()}/curator"
    code, said = refused(tmp_path, "--port", "0", **production(DB_URL=database, HOST="127.0.0.1"))
    assert code == 1
    assert "database" in said
    assert "hush" not in said


@pytest.mark.system
def test_a_database_that_was_never_prepared_is_told_in_one_sentence(tmp_path: Path) -> None:
    code, said = refused(tmp_path, "--port", "0", CURATOR_MIGRATE="0")
    assert code == 1
    assert "database" in said
    assert "run `curator db upgrade`" in said


@pytest.mark.system
def test_bad_settings_are_all_told(tmp_path: Path) -> None:
    code, said = refused(tmp_path, PORT="many", LOG_LEVEL="loud")
    assert code == 2
    assert "PORT" in said
    assert "LOG_LEVEL" in said
