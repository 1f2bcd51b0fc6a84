"""One sandbox for all tests of this folder, and pictures that are new each time."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from curator_cli.sandbox.photographs.padding import PaddedJpeg
from curator_cli.sandbox.serve import running
from curator_cli.sandbox.settings import SandboxSettings
from tests.cli.sandbox.client import WikiClient, control

_SERIAL = itertools.count(1)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> SandboxSettings:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    return SandboxSettings(data_dir=folder, publish_seconds=0.02, uploads_per_minute=10_000)


@pytest.fixture(scope="module")
def base(settings: SandboxSettings) -> Iterator[str]:
    with running(settings) as address:
        yield address


@pytest.fixture(scope="module")
def client(base: str, settings: SandboxSettings) -> WikiClient:
    return WikiClient(base, settings)


@pytest.fixture
def switched(base: str) -> Iterator[Callable[..., None]]:
    """Turns the wiki's switches for one test."""

    def turn(**switches: object) -> None:
        control(base, "settings", **switches)

    yield turn
    control(base, "settings", lag=0, read_only="", uploads_enabled=True, blocked=[])


def a_picture(size: int = 4_000) -> bytes:
    """A JPEG that nobody has seen before."""
    file = PaddedJpeg(seed=f"test {next(_SERIAL)}", base="tiny.jpg", size=size)
    return b"".join(file.stream())


def a_name(stem: str = "Picture", extension: str = "jpg") -> str:
    """A file name that nobody has used before."""
    return f"{stem} {'abcdefghij'[next(_SERIAL) % 10]}{next(_SERIAL):05}.{extension}"
