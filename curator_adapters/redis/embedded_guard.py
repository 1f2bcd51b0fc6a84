"""Runs the embedded server, and ends it once nobody uses it any more: `guard FOLDER COMMAND…`.

A program of its own that needs nothing but the standard library, so that it is small.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

_LOOK_EVERY_SECONDS = 1.0


def main(folder: Path, command: list[str]) -> None:
    """Returns when the server ended, by itself or because all its users are gone.

    Users share `users.lock` and come and leave while they hold `coming.lock`. A lock of a killed
    process is free.
    """
    server = subprocess.Popen(command, cwd=folder)
    try:
        while server.poll() is None:
            try:
                server.wait(_LOOK_EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                _end_if_deserted(folder, server)
    finally:
        server.kill()


def _end_if_deserted(folder: Path, server: subprocess.Popen[bytes]) -> None:
    coming = os.open(folder / "coming.lock", os.O_RDWR | os.O_CREAT, 0o600)
    users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(coming, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        # What it holds may be lost, so that it need not be asked.
        server.kill()
        server.wait()
        (folder / "address.json").unlink(missing_ok=True)
    finally:
        os.close(users)
        os.close(coming)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
