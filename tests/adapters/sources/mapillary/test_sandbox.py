"""Against the sandbox's Mapillary: every sequence, and every picture byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from curator_adapters.downloads.downloader import Downloader
from curator_adapters.sources.mapillary.source import Mapillary
from curator_cli.sandbox.mapillary.sequences import Sequence, default_sequences
from curator_cli.sandbox.serve import running
from curator_cli.sandbox.settings import SandboxSettings
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.file_type import media_type_of
from curator_core.domain.media import Collection, MediaImage
from curator_core.ports.sources import TooLargeAtOnce

ROOMY = 30_000_000
SEQUENCES = {sequence.name: sequence for sequence in default_sequences()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """The real adapters, looking at the sandbox."""

    mapillary: Mapillary
    downloader: Downloader

    def images(self, name: str) -> tuple[MediaImage, ...]:
        found = self.mapillary.collection(SEQUENCES[name].id)
        assert isinstance(found, Collection)
        return found.images


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with running(SandboxSettings(data_dir=folder)) as base:
        yield Sandbox(
            mapillary=Mapillary(token="any", user_agent="Curator/test", root=f"{base}/mapillary"),
            downloader=Downloader(
                user_agent="Curator/test", allowed_hosts={base.removeprefix("http://")}
            ),
        )


def true_bytes(sequence: Sequence, image: MediaImage) -> bytes:
    (photograph,) = (each for each in sequence.photographs if each.id == image.id)
    return b"".join(photograph.file.stream())


@pytest.mark.parametrize("name", ["demo", "bytes-random", "bytes-edges"])
def test_every_picture_arrives_byte_for_byte(sandbox: Sandbox, name: str) -> None:
    images = sandbox.images(name)
    assert len(images) == len(SEQUENCES[name].photographs)
    for image in images:
        expected = true_bytes(SEQUENCES[name], image)
        with sandbox.downloader.fetch(
            image.addresses.original, sandbox.mapillary.hosts, ROOMY
        ) as file:
            assert file.size == len(expected)
            assert file.sha1 == hashlib.sha1(expected).hexdigest()
            assert file.path.read_bytes() == expected
            assert media_type_of(file.head) == "image/jpeg"


def test_unusable_images_are_named(sandbox: Sandbox) -> None:
    found = sandbox.mapillary.collection(SEQUENCES["mixed"].id)
    assert isinstance(found, Collection)
    assert (len(found.images), len(found.problems)) == (5, 3)
    found = sandbox.mapillary.collection(SEQUENCES["empty"].id)
    assert isinstance(found, Collection)
    assert (len(found.images), len(found.problems)) == (0, 4)


def test_a_large_sequence_comes_by_ids_in_hundreds(sandbox: Sandbox) -> None:
    large = SEQUENCES["large"]
    assert isinstance(sandbox.mapillary.collection(large.id), TooLargeAtOnce)
    ids = sandbox.mapillary.image_ids(large.id)
    assert len(ids) == 1200
    first = sandbox.mapillary.images(ids[:100])
    assert [image.id for image in first.images] == list(ids[:100])


def test_an_unknown_sequence_and_an_unknown_image(sandbox: Sandbox) -> None:
    assert sandbox.mapillary.collection("f1ihYvTZNTEhCCnRjyMAuQ") == Collection(
        id="f1ihYvTZNTEhCCnRjyMAuQ", images=()
    )
    image = sandbox.images("demo")[0]
    assert sandbox.mapillary.image(image.id) == image
    with pytest.raises(Faulted) as caught:
        sandbox.mapillary.image(type(image.id)("12345"))
    assert caught.value.fault.kind is FaultKind.IMAGE_MISSING


def test_what_is_no_picture_is_told_apart(sandbox: Sandbox) -> None:
    images = sandbox.images("broken")
    told = [_fetched(sandbox, image) for image in images]
    assert told == [
        "image/jpeg",
        "text/html",
        FaultKind.NOT_AN_IMAGE,
        "image/png",
        FaultKind.SOURCE_TROUBLE,
        "image/jpeg",
    ]


def _fetched(sandbox: Sandbox, image: MediaImage) -> str | FaultKind | None:
    try:
        with sandbox.downloader.fetch(
            image.addresses.original, sandbox.mapillary.hosts, ROOMY
        ) as file:
            return media_type_of(file.head)
    except Faulted as faulted:
        return faulted.fault.kind


def test_pictures_come_from_nowhere_else_without_the_operators_word(sandbox: Sandbox) -> None:
    image = sandbox.images("demo")[0]
    strict = Downloader(user_agent="Curator/test")
    with (
        pytest.raises(Faulted) as caught,
        strict.fetch(image.addresses.original, sandbox.mapillary.hosts, ROOMY),
    ):
        pass
    assert caught.value.fault.kind is FaultKind.ADDRESS_FORBIDDEN
