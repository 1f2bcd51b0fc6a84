"""Processes that run a test's functions, and end with the tests however these end."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor


def spawned(count: int) -> ProcessPoolExecutor:
    """A pool of `count` new interpreters, which share nothing with this one."""
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=spawn, initializer=_end_with_owner)


def _end_with_owner() -> None:
    # The pool's processes wait for work on a pipe that each of them holds open itself, so that
    # they would wait for ever once the owner was killed.
    threading.Thread(target=_follow_owner, daemon=True).start()


def _follow_owner() -> None:
    owner = multiprocessing.parent_process()
    assert owner is not None
    owner.join()
    os._exit(1)
