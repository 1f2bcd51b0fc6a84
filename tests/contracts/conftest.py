"""Wikis for the contracts: the fake one first, then the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.wiki_bench import FakeBench, SandboxBench, WikiBench
from tests.sandbox import Sandbox, running_sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox for the whole run; tests differ by their files and titles."""
    with running_sandbox() as running:
        yield running


@pytest.fixture(params=["fake", "sandbox"])
def wiki_bench(request: pytest.FixtureRequest, tmp_path: Path) -> WikiBench:
    """A wiki on which nothing is wrong yet."""
    if request.param == "fake":
        return FakeBench()
    return SandboxBench(request.getfixturevalue("sandbox"), tmp_path)
