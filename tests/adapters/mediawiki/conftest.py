"""A server that answers as told, and a sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.mediawiki.server import Script, scripted_server
from tests.sandbox import Sandbox, running_sandbox


@pytest.fixture
def script() -> Iterator[Script]:
    """What the next answers of a server are."""
    with scripted_server() as serving:
        yield serving


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    """A sandbox for all tests of this folder."""
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """The sandbox with nothing wrong, nothing used up, nothing counted."""
    running.calm()
    return running
