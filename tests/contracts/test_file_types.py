"""What every wiki makes of the types of files that Commons takes."""

from pathlib import Path

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.title import Title
from curator_core.ports.downloads import LocalFile
from curator_core.ports.publisher import Published
from curator_core.ports.stash import ChunkSent
from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import WikiBench
from tests.pictures import FILE_TYPES, a_title, on_disk

CHUNK = 1500
NAMES = {"jpg": "jpeg", "tiff": "tif", "png": "PNG"}


def stashed(wiki: Wiki, title: Title, file: LocalFile, chunk: int) -> ChunkSent:
    sent = wiki.stash.send(title, file, 0, min(chunk, file.size), None)
    while not sent.assembled:
        length = min(chunk, file.size - sent.offset)
        sent = wiki.stash.send(title, file, sent.offset, length, sent.key)
    return sent


def refusal(wiki_bench: WikiBench, title: Title, file: LocalFile) -> Fault:
    with pytest.raises(Faulted) as caught:
        stashed(wiki_bench.session(), title, file, file.size)
    return caught.value.fault


@pytest.mark.parametrize("extension", FILE_TYPES)
@pytest.mark.parametrize("chunk", [100_000, CHUNK], ids=["at once", "in chunks"])
def test_a_file_arrives_as_it_is(
    wiki_bench: WikiBench, tmp_path: Path, extension: str, chunk: int
) -> None:
    wiki, title = wiki_bench.session(), a_title(extension=extension)
    file = on_disk(tmp_path, FILE_TYPES[extension]())
    assert file.size > 2 * CHUNK

    sent = stashed(wiki, title, file, chunk)
    answer = wiki.publisher.publish(title, sent.key, "text", "a summary", file.size)

    assert (sent.sha1, sent.size) == (file.sha1, file.size)
    assert isinstance(answer, Published)
    assert (answer.title, answer.sha1, answer.size) == (title.text, file.sha1, file.size)


@pytest.mark.parametrize("extension", NAMES)
def test_a_type_has_several_spellings(
    wiki_bench: WikiBench, tmp_path: Path, extension: str
) -> None:
    wiki, title = wiki_bench.session(), a_title(extension=NAMES[extension])
    file = on_disk(tmp_path, FILE_TYPES[extension]())

    sent = stashed(wiki, title, file, file.size)
    answer = wiki.publisher.publish(title, sent.key, "text", "a summary", file.size)

    assert isinstance(answer, Published)
    assert answer.title == title.text


@pytest.mark.parametrize(
    ("named", "is_really"),
    [("jpg", "png"), ("png", "jpg"), ("tiff", "jpg"), ("webp", "pdf"), ("pdf", "png")],
)
def test_a_file_of_another_type_than_its_name_says_is_refused(
    wiki_bench: WikiBench, tmp_path: Path, named: str, is_really: str
) -> None:
    file = on_disk(tmp_path, FILE_TYPES[is_really]())

    fault = refusal(wiki_bench, a_title(extension=named), file)

    assert fault.kind is FaultKind.REFUSED
    assert fault.info == "This file did not pass file verification."
