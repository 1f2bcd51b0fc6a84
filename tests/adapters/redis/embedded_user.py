"""A process that uses the embedded server of a directory until its input ends."""

import sys
from pathlib import Path

from curator_adapters.redis.embedded import embedded_redis

if __name__ == "__main__":
    with embedded_redis(Path(sys.argv[1])) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        sys.stdin.read()
