"""`curator demo`: see Curator at work."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import requests
import typer
from websockets.exceptions import WebSocketException

from curator_cli.console import OUT, fail, say
from curator_cli.demo.contributor import Unexpected
from curator_cli.demo.house import House, keep_house, running_house, stop_kept
from curator_cli.demo.processes import DidNotStart
from curator_cli.demo.story import Story
from curator_cli.ending import ending_in_order
from curator_core.domain.errors import ServiceDown

RECORDS = Path(".curator") / "demo"
"""Where a demonstration that is left running is written down, below the working folder."""


def demo(
    keep: Annotated[bool, typer.Option(help="Leave everything running.")] = False,
    stop: Annotated[bool, typer.Option(help="Stop what --keep left running.")] = False,
    kill_worker_after: Annotated[
        int | None, typer.Option(help="Kill the worker after so many files, and start another.")
    ] = None,
) -> None:
    """Upload 24 photographs to a sandbox wiki, and check that they are there."""
    if stop:
        stopped = stop_kept(RECORDS)
        say(f"Stopped {stopped}." if stopped else "Nothing was left running.")
        return
    began = time.monotonic()
    try:
        with ending_in_order(), running_house(say, keep=keep) as house:
            done = Story(house=house, console=OUT, kill_worker_after=kill_worker_after).tell()
            if keep:
                _leave_running(house)
    except (DidNotStart, Unexpected, ServiceDown) as trouble:
        fail("The demonstration failed.", str(trouble))
    except (requests.RequestException, WebSocketException, OSError) as trouble:
        fail("The demonstration failed: a part of it does not answer.", str(trouble))
    except KeyboardInterrupt:
        fail("Stopped, with everything that was started.", code=130)
    seconds = time.monotonic() - began
    if not done:
        fail(f"Something is amiss, as said above (after {seconds:.0f} s).")
    say(f"All is well, in {seconds:.0f} s.")


def _leave_running(house: House) -> None:
    keep_house(house, RECORDS)
    say("Left running:")
    say(f"  Curator       {house.web_url}")
    say(f"  Sandbox wiki  {house.sandbox_url}")
    say(f"  Logs          {house.data_dir}")
    say("Stop it all with: make demo-stop (or: curator demo --stop)")
