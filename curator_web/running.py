"""Runs the web until it is told to end."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

import structlog

from curator_core.domain.errors import Misconfigured, ServiceDown
from curator_web.bootstrap import configured, wired
from curator_web.serving import PortTaken, bound_socket, serve

log = structlog.get_logger("curator.web")


def run() -> int:
    """The exit code: 0 after a stop, 1 where it cannot start, 2 for bad settings."""
    asked = _arguments()
    try:
        given = configured()
        host, port = asked.host or given.host, given.port if asked.port is None else asked.port
        with closing(bound_socket(host, port)) as listener, wired(given, log.info) as app:
            shown = f"[{host}]" if ":" in host else host
            address = f"http://{shown}:{listener.getsockname()[1]}"
            serve(
                app,
                listener,
                is_behind_proxy=given.is_behind_proxy,
                begin=lambda: log.info("serving", address=address),
            )
    except PortTaken as taken:
        return _refuse(1, str(taken))
    except ServiceDown as down:
        return _refuse(1, f"The web cannot start. {down}")
    except Misconfigured as wrong:
        return _refuse(2, "The web cannot start:", *(f"- {each}" for each in wrong.sentences))
    except KeyboardInterrupt:
        # Before the server took over.
        return 130
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m curator_web", description=__doc__)
    parser.add_argument("--host", help="the address to listen on (default: HOST)")
    parser.add_argument("--port", type=_port, help="the port, 0 for a free one (default: PORT)")
    return parser.parse_args()


def _port(given: str) -> int:
    port = int(given)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"a port lies between 0 and 65535, not at {port}")
    return port


def _refuse(code: int, *lines: str) -> int:
    sys.stderr.writelines(f"{line}\n" for line in lines)
    return code
