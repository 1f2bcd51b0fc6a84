"""What every `Stash` and `Publisher` promise of file keys that are not, or no longer, ours."""

from pathlib import Path

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import FileKey
from curator_core.domain.title import Title
from curator_core.ports.downloads import LocalFile
from curator_core.ports.publisher import Published, Warned
from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import PHOTOGRAPHER, SECOND, WikiBench, published
from tests.pictures import a_title, on_disk, picture_bytes

CHUNK = 2000


@pytest.fixture
def file(tmp_path: Path) -> LocalFile:
    return on_disk(tmp_path, picture_bytes(5000))


def refused_chunk(wiki: Wiki, title: Title, file: LocalFile, key: FileKey) -> Fault:
    with pytest.raises(Faulted) as caught:
        wiki.stash.send(title, file, CHUNK, CHUNK, key)
    return caught.value.fault


def refused_file(wiki: Wiki, title: Title, file: LocalFile, key: FileKey) -> Fault:
    with pytest.raises(Faulted) as caught:
        wiki.publisher.publish(title, key, "text", "a summary", file.size)
    return caught.value.fault


def test_nobody_goes_on_with_anothers_upload(wiki_bench: WikiBench, file: LocalFile) -> None:
    title = a_title()
    theirs = wiki_bench.session(SECOND)
    sent = theirs.stash.send(title, file, 0, CHUNK, None)

    fault = refused_chunk(wiki_bench.session(PHOTOGRAPHER), title, file, sent.key)

    assert fault.kind is FaultKind.STASH_GONE
    assert theirs.stash.send(title, file, CHUNK, CHUNK, sent.key).offset == 2 * CHUNK


def test_a_key_that_was_never_given_is_gone(wiki_bench: WikiBench, file: LocalFile) -> None:
    key = FileKey("1d3zzzzzzzzz.abcdef.4.jpg")

    fault = refused_chunk(wiki_bench.session(), a_title(), file, key)

    assert fault.kind is FaultKind.STASH_GONE


def test_an_expired_whole_file_is_gone(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki, title = wiki_bench.session(), a_title()
    sent = wiki.stash.send(title, file, 0, file.size, None)
    wiki_bench.lose_stash()

    assert refused_file(wiki, title, file, sent.key).kind is FaultKind.STASH_GONE
    assert wiki.stash.whole(sent.key) is None
    assert wiki.stash.find(file.sha1, file.size) is None


def test_a_published_key_is_used_up(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki = wiki_bench.session()
    sent = wiki.stash.send(a_title(), file, 0, file.size, None)
    title = a_title()
    answer = wiki.publisher.publish(title, sent.key, "text", "a summary", file.size)
    assert isinstance(answer, Published)

    assert refused_file(wiki, a_title(), file, sent.key).kind is FaultKind.STASH_GONE


def test_a_chunk_for_a_finished_upload_finds_nothing(
    wiki_bench: WikiBench, file: LocalFile
) -> None:
    wiki, title = wiki_bench.session(), a_title()
    half = wiki.stash.send(title, file, 0, CHUNK, None)
    wiki.stash.send(title, file, CHUNK, file.size - CHUNK, half.key)

    assert refused_chunk(wiki, title, file, half.key).kind is FaultKind.STASH_GONE


def test_bytes_of_a_deleted_file_are_remembered_under_another_name(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    deleted, data = published(wiki_bench, tmp_path)
    wiki_bench.delete(deleted)
    wiki, title, file = wiki_bench.session(), a_title(), on_disk(tmp_path, data)
    sent = wiki.stash.send(title, file, 0, file.size, None)

    answer = wiki.publisher.publish(title, sent.key, "text", "a summary", file.size)

    assert isinstance(answer, Warned)
    assert dict(answer.others) == {"duplicate-archive": deleted.text}


def test_the_name_of_a_deleted_file_is_remembered_for_other_bytes(
    wiki_bench: WikiBench, tmp_path: Path, file: LocalFile
) -> None:
    deleted, _ = published(wiki_bench, tmp_path)
    wiki_bench.delete(deleted)
    wiki = wiki_bench.session()
    sent = wiki.stash.send(deleted, file, 0, file.size, None)

    answer = wiki.publisher.publish(deleted, sent.key, "text", "a summary", file.size)

    assert isinstance(answer, Warned)
    assert dict(answer.others) == {"was-deleted": deleted.text}
