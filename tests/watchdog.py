"""Runs a server for as long as whoever started this lives, then removes what the server left.

Called as `watchdog.py FOLDER COMMAND…` with a pipe on standard input: the kernel closes it when
its owner ends, however it ends, also by SIGKILL.
"""

import shutil
import subprocess
import sys
import threading


def main() -> None:
    folder, *command = sys.argv[1:]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def follow_owner() -> None:
        sys.stdin.buffer.read()
        # Its data is thrown away, so there is nothing to shut down in order.
        server.kill()

    threading.Thread(target=follow_owner, daemon=True).start()
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
