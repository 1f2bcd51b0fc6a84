"""Runs a server for as long as whoever started this lives, then removes what the server left.

Called as `watchdog.py FOLDER COMMAND…` with a pipe on standard input: the kernel closes it when
its owner ends, however it ends, also by SIGKILL.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading


def main() -> None:
    folder, *command = sys.argv[1:]
    # With a group of its own, of which nothing is left when it is killed.
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)

    def follow_owner() -> None:
        sys.stdin.buffer.read()
        # Its data is thrown away, so there is nothing to shut down in order.
        os.killpg(server.pid, signal.SIGKILL)

    threading.Thread(target=follow_owner, daemon=True).start()
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
