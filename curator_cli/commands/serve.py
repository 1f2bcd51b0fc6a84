"""`curator web`, `worker` and `sandbox`: the long-running ones."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from curator_cli.bootstrap import settings
from curator_cli.console import fail, say
from curator_cli.ending import ending_in_order
from curator_cli.sandbox.serve import serve
from curator_cli.sandbox.settings import SandboxSettings


def web(
    host: Annotated[str | None, typer.Option(help="Address to listen on (HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (PORT).")] = None,
) -> None:
    """Serve the web interface, /ws and the login."""
    arguments = []
    if host is not None:
        arguments += ["--host", host]
    if port is not None:
        arguments += ["--port", str(port)]
    _become("curator_web", *arguments)


def worker() -> None:
    """Carry uploads out: a Celery worker with its dispatcher."""
    _become("curator_worker")


def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(help="Port to listen on (CURATOR_SANDBOX_PORT); 0: any.")
    ] = None,
    uploads_per_minute: Annotated[int, typer.Option(help="What an account may upload.")] = 60,
) -> None:
    """Serve a stand-in for Commons and Mapillary, with photographs."""
    chosen = settings().sandbox_port if port is None else port
    with (
        ending_in_order(),
        # What is told to end in order has ended well.
        suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix="curator-sandbox-") as data_dir,
    ):
        try:
            serve(
                host,
                chosen,
                SandboxSettings(data_dir=Path(data_dir), uploads_per_minute=uploads_per_minute),
                _tell,
            )
        except OSError as error:
            fail(f"The sandbox cannot listen on {host}:{chosen}: {error.strerror}.")


def _tell(base_url: str) -> None:
    say(f"The sandbox answers at {base_url}")
    say(f"  wiki       {base_url}/w")
    say(f"  Mapillary  {base_url}/mapillary")


def _become(module: str, *arguments: str) -> NoReturn:
    # The shells do not import each other: this process turns into the other one, so that
    # signals and exit codes are its own.
    sys.stdout.flush()
    # Ctrl-C waits until the other one has begun and can take it, in place of a trace.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])
