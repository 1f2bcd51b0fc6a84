"""Runs the embedded server until nobody uses it any more: `guard FOLDER COMMAND…`.

A program of its own that needs nothing but the standard library, so that it is small.
"""

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

_LOOK_EVERY_SECONDS = 1.0

_LIVED_SECONDS = 1.0
"""One that ends sooner cannot live here: its port is taken, for instance."""


def main(folder: Path, command: list[str]) -> None:
    """Returns when the server was told to end, or because all its users are gone.

    One that dies is started anew, with the configuration that stands in the standard input: its
    users know its address, and what it held may be lost. Users share `users.lock` and come and
    leave while they hold `coming.lock`. A lock of a killed process is free.
    """
    configuration = sys.stdin.buffer.read()
    while True:
        began = time.monotonic()
        code = _run(folder, command, configuration)
        if code == 0 or time.monotonic() - began < _LIVED_SECONDS:
            return


def _run(folder: Path, command: list[str], configuration: bytes) -> int:
    """The server's exit code; 0 where it was ended in order."""
    server = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE)
    try:
        if server.stdin is not None:
            with contextlib.suppress(BrokenPipeError), server.stdin as pipe:
                pipe.write(configuration)
        while server.poll() is None:
            try:
                server.wait(_LOOK_EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                if _ended_as_deserted(folder, server):
                    return 0
    finally:
        server.kill()
    return server.returncode


def _ended_as_deserted(folder: Path, server: subprocess.Popen[bytes]) -> bool:
    coming = os.open(folder / "coming.lock", os.O_RDWR | os.O_CREAT, 0o600)
    users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(coming, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        # What it holds may be lost, so that it need not be asked.
        server.kill()
        server.wait()
        (folder / "address.json").unlink(missing_ok=True)
        return True
    finally:
        os.close(users)
        os.close(coming)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
