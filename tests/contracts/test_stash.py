"""What every `Stash` promises."""

from pathlib import Path

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import FileKey, Sha1
from curator_core.domain.title import Title
from curator_core.ports.downloads import LocalFile
from curator_core.ports.stash import ChunkSent, StashedFile
from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import PHOTOGRAPHER, SECOND, WikiBench, published
from tests.pictures import a_title, on_disk, picture_bytes

CHUNK = 2000
UNKNOWN = FileKey("1d3zzzzzzzzz.abcdef.4.jpg")


@pytest.fixture
def file(tmp_path: Path) -> LocalFile:
    return on_disk(tmp_path, picture_bytes(5000))


def sent_in_chunks(wiki: Wiki, title: Title, file: LocalFile) -> list[ChunkSent]:
    answers: list[ChunkSent] = []
    key = None
    for offset in range(0, file.size, CHUNK):
        length = min(CHUNK, file.size - offset)
        answers.append(wiki.stash.send(title, file, offset, length, key))
        key = answers[-1].key
    return answers


def fault_of(caught: pytest.ExceptionInfo[Faulted]) -> Fault:
    return caught.value.fault


def test_chunks_are_counted_under_one_key_until_the_last(
    wiki_bench: WikiBench, file: LocalFile
) -> None:
    first, second, last = sent_in_chunks(wiki_bench.session(), a_title(), file)

    assert (first.offset, second.offset, last.offset) == (2000, 4000, 5000)
    assert [each.assembled for each in (first, second, last)] == [False, False, True]
    assert first.key == second.key


def test_the_last_chunk_gives_a_new_key_with_the_wikis_sha1_and_size(
    wiki_bench: WikiBench, file: LocalFile
) -> None:
    *_, half, whole = sent_in_chunks(wiki_bench.session(), a_title(), file)

    assert whole.key != half.key
    assert (whole.sha1, whole.size) == (file.sha1, file.size)


def test_a_file_of_one_chunk_is_whole_at_once(wiki_bench: WikiBench, file: LocalFile) -> None:
    sent = wiki_bench.session().stash.send(a_title(), file, 0, file.size, None)

    assert sent.assembled
    assert (sent.offset, sent.sha1, sent.size) == (file.size, file.sha1, file.size)


def test_chunks_are_assembled_although_the_name_is_taken(
    wiki_bench: WikiBench, file: LocalFile, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)

    *_, whole = sent_in_chunks(wiki_bench.session(), title, file)

    assert whole.assembled
    assert whole.sha1 == file.sha1


def test_an_assembled_file_comes_with_the_wikis_doubts_about_its_bytes_and_its_name(
    wiki_bench: WikiBench, file: LocalFile, tmp_path: Path
) -> None:
    # Captures `multichunk-duplicate-ignorewarnings`, `multichunk-exists-ignorewarnings`.
    title, data = published(wiki_bench, tmp_path)
    wiki, same = wiki_bench.session(), on_disk(tmp_path, data)

    doubted = {
        "neither": sent_in_chunks(wiki, a_title(), file)[-1].doubted,
        "name": sent_in_chunks(wiki, title, file)[-1].doubted,
        "bytes": sent_in_chunks(wiki, a_title(), same)[-1].doubted,
        "both": sent_in_chunks(wiki, title, same)[-1].doubted,
    }

    assert doubted == {"neither": False, "name": True, "bytes": True, "both": True}


def test_how_far_a_half_sent_file_is_can_be_asked(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki, title = wiki_bench.session(), a_title()
    sent = wiki.stash.send(title, file, 0, CHUNK, None)

    assert wiki.stash.status(title, sent.key, file.size) == sent


def test_neither_a_file_assembled_at_once_nor_an_unknown_one_has_a_status(
    wiki_bench: WikiBench, file: LocalFile
) -> None:
    wiki, title = wiki_bench.session(), a_title()
    *_, half, whole = sent_in_chunks(wiki, title, file)

    keys = (half.key, whole.key, UNKNOWN)
    assert [wiki.stash.status(title, key, file.size) for key in keys] == [None] * 3


@pytest.mark.parametrize("offset", [1000, 3000], ids=["before it", "after it"])
def test_a_chunk_for_another_place_learns_where_the_wiki_is(
    wiki_bench: WikiBench, file: LocalFile, offset: int
) -> None:
    wiki, title = wiki_bench.session(), a_title()
    sent = wiki.stash.send(title, file, 0, CHUNK, None)

    with pytest.raises(Faulted) as caught:
        wiki.stash.send(title, file, offset, CHUNK, sent.key)

    assert (fault_of(caught).kind, fault_of(caught).offset) == (FaultKind.WRONG_OFFSET, CHUNK)


def test_a_chunk_sent_again_after_a_lost_answer_learns_where_to_go_on(
    wiki_bench: WikiBench, file: LocalFile
) -> None:
    wiki, title = wiki_bench.session(), a_title()
    sent = wiki.stash.send(title, file, 0, CHUNK, None)
    wiki_bench.lose_next_answer("send")
    with pytest.raises(Faulted) as caught:
        wiki.stash.send(title, file, CHUNK, CHUNK, sent.key)
    assert fault_of(caught).kind is FaultKind.UNREACHABLE

    with pytest.raises(Faulted) as caught:
        wiki.stash.send(title, file, CHUNK, CHUNK, sent.key)

    assert (fault_of(caught).kind, fault_of(caught).offset) == (FaultKind.WRONG_OFFSET, 2 * CHUNK)


def test_a_last_chunk_whose_answer_was_lost_is_found_by_its_bytes(
    wiki_bench: WikiBench, file: LocalFile
) -> None:
    wiki, title = wiki_bench.session(), a_title()
    half = wiki.stash.send(title, file, 0, CHUNK, None)
    wiki_bench.lose_next_answer("send")
    with pytest.raises(Faulted):
        wiki.stash.send(title, file, CHUNK, file.size - CHUNK, half.key)
    with pytest.raises(Faulted) as caught:
        wiki.stash.send(title, file, CHUNK, file.size - CHUNK, half.key)
    assert fault_of(caught).kind is FaultKind.STASH_GONE

    found = wiki.stash.find(file.sha1, file.size)

    assert found is not None
    assert (found.sha1, found.size) == (file.sha1, file.size)
    assert wiki.stash.whole(found.key) == found


def test_a_lost_stash_says_so(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki, title = wiki_bench.session(), a_title()
    sent = wiki.stash.send(title, file, 0, CHUNK, None)
    wiki_bench.lose_stash()

    with pytest.raises(Faulted) as caught:
        wiki.stash.send(title, file, CHUNK, CHUNK, sent.key)

    assert fault_of(caught).kind is FaultKind.STASH_GONE
    assert wiki.stash.whole(sent.key) is None


def test_an_assembled_key_tells_what_it_holds(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki = wiki_bench.session()
    *_, whole = sent_in_chunks(wiki, a_title(), file)

    assert wiki.stash.whole(whole.key) == StashedFile(key=whole.key, sha1=file.sha1, size=file.size)


def test_a_half_sent_file_is_not_found_by_its_bytes(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki = wiki_bench.session()
    wiki.stash.send(a_title(), file, 0, CHUNK, None)

    assert wiki.stash.find(file.sha1, file.size) is None


def test_nobody_finds_anothers_files(wiki_bench: WikiBench, file: LocalFile) -> None:
    sent = wiki_bench.session(SECOND).stash.send(a_title(), file, 0, file.size, None)
    stash = wiki_bench.session(PHOTOGRAPHER).stash

    assert stash.find(file.sha1, file.size) is None
    assert stash.whole(sent.key) is None


def test_bytes_of_the_same_size_are_told_apart(wiki_bench: WikiBench, tmp_path: Path) -> None:
    wiki = wiki_bench.session()
    files = [on_disk(tmp_path, picture_bytes(4000)) for _ in range(3)]
    keys = [wiki.stash.send(a_title(), each, 0, each.size, None).key for each in files]

    found = [wiki.stash.find(each.sha1, each.size) for each in files]

    assert [each.key for each in found if each] == keys
    assert wiki.stash.find(Sha1("0" * 40), 4000) is None


def test_what_is_no_picture_is_refused_in_the_wikis_words(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    noise = on_disk(tmp_path, b"\x00\x01" + picture_bytes()[20:])

    with pytest.raises(Faulted) as caught:
        wiki_bench.session().stash.send(a_title(), noise, 0, noise.size, None)

    assert fault_of(caught).kind is FaultKind.REFUSED
    assert fault_of(caught).info == "This file did not pass file verification."


def test_the_stash_costs_nothing_of_the_limits(wiki_bench: WikiBench, tmp_path: Path) -> None:
    wiki_bench.limit(PHOTOGRAPHER, {"upload": (1, 600), "edit": (1, 600)})
    wiki = wiki_bench.session()

    for _ in range(3):
        file = on_disk(tmp_path, picture_bytes())
        assert wiki.stash.send(a_title(), file, 0, file.size, None).assembled


def test_a_blocked_user_stashes_nothing(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki = wiki_bench.session()
    wiki_bench.block(PHOTOGRAPHER)

    with pytest.raises(Faulted) as caught:
        wiki.stash.send(a_title(), file, 0, file.size, None)

    assert fault_of(caught).kind is FaultKind.BLOCKED
    assert "blocked" in fault_of(caught).info
