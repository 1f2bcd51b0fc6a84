"""What every `Publisher` promises."""

from pathlib import Path

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import FileKey
from curator_core.domain.title import Title
from curator_core.ports.downloads import LocalFile
from curator_core.ports.publisher import Pending, Published, Warned
from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import PHOTOGRAPHER, SECOND, WikiBench, published
from tests.contracts.wiki_bench_fake import FakeBench
from tests.pictures import a_title, on_disk, picture_bytes


@pytest.fixture
def file(tmp_path: Path) -> LocalFile:
    return on_disk(tmp_path, picture_bytes())


def stashed(wiki: Wiki, file: LocalFile) -> FileKey:
    return wiki.stash.send(a_title(), file, 0, file.size, None).key


def publish(
    wiki: Wiki, title: Title, key: FileKey, file: LocalFile, wikitext: str = "text"
) -> Published | Warned | Pending:
    return wiki.publisher.publish(title, key, wikitext, "a summary", file.size)


def refusal(wiki: Wiki, title: Title, key: FileKey, file: LocalFile) -> Fault:
    with pytest.raises(Faulted) as caught:
        publish(wiki, title, key, file)
    return caught.value.fault


def test_a_stashed_file_becomes_a_file_of_the_wiki(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki, title = wiki_bench.session(), a_title("Ünïcödé & ampersand, 50 % of “it”")

    answer = publish(wiki, title, stashed(wiki, file), file)

    assert isinstance(answer, Published)
    assert (answer.title, answer.sha1, answer.size) == (title.text, file.sha1, file.size)
    standing = wiki.files.look(file.sha1, title)
    assert standing.at_title is not None
    assert standing.at_title.url == answer.url
    assert standing.at_title.uploader == PHOTOGRAPHER


def test_text_and_summary_arrive_as_they_were_given(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki, title = wiki_bench.session(), a_title()
    wikitext = "== {{int:filedesc}} ==\n{{Information|author=[https://example.org/?a=b&c Zoë]}} +"

    publish(wiki, title, stashed(wiki, file), file, wikitext)

    upload = wiki_bench.upload(title)
    assert (upload.wikitext, upload.summary) == (wikitext, "a summary")
    assert upload.sha1 == file.sha1


def test_a_key_is_used_up_by_publishing(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki, title = wiki_bench.session(), a_title()
    key = stashed(wiki, file)
    publish(wiki, title, key, file)

    assert refusal(wiki, a_title(), key, file).kind is FaultKind.STASH_GONE


def test_a_publish_whose_answer_was_lost_was_carried_out_all_the_same(
    wiki_bench: WikiBench, file: LocalFile
) -> None:
    wiki, title = wiki_bench.session(), a_title()
    key = stashed(wiki, file)
    wiki_bench.lose_next_answer("publish")

    assert refusal(wiki, title, key, file).kind is FaultKind.UNREACHABLE
    assert refusal(wiki, title, key, file).kind is FaultKind.STASH_GONE
    assert wiki_bench.upload(title).sha1 == file.sha1


def test_an_unknown_key_is_gone(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki = wiki_bench.session()

    fault = refusal(wiki, a_title(), FileKey("1d3zzzzzzzzz.abcdef.4.jpg"), file)

    assert fault.kind is FaultKind.STASH_GONE


def test_bytes_that_are_there_already_are_duplicates(wiki_bench: WikiBench, tmp_path: Path) -> None:
    first, data = published(wiki_bench, tmp_path, SECOND)
    file, wiki = on_disk(tmp_path, data), wiki_bench.session()
    second = a_title()
    wiki_bench.place(second, data, SECOND)

    answer = publish(wiki, a_title(), stashed(wiki, file), file)

    assert answer == Warned(duplicates=tuple(sorted([first.text, second.text])))


def test_a_name_that_other_bytes_hold_exists(
    wiki_bench: WikiBench, file: LocalFile, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path, SECOND)
    wiki = wiki_bench.session()

    answer = publish(wiki, title, stashed(wiki, file), file)

    assert answer == Warned(exists=title.text)


def test_the_same_bytes_under_the_same_name_change_nothing(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, data = published(wiki_bench, tmp_path)
    file, wiki = on_disk(tmp_path, data), wiki_bench.session()

    answer = publish(wiki, title, stashed(wiki, file), file)

    assert answer == Warned(exists=title.text, no_change=True)


def test_the_name_and_bytes_of_a_deleted_file_are_remembered(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, data = published(wiki_bench, tmp_path)
    wiki_bench.delete(title)
    file, wiki = on_disk(tmp_path, data), wiki_bench.session()

    answer = publish(wiki, title, stashed(wiki, file), file)

    assert isinstance(answer, Warned)
    assert dict(answer.others) == {"was-deleted": title.text, "duplicate-archive": title.text}


def test_a_warning_publishes_nothing_and_leaves_the_key_for_another_name(
    wiki_bench: WikiBench, file: LocalFile, tmp_path: Path
) -> None:
    taken, data = published(wiki_bench, tmp_path, SECOND)
    wiki, other = wiki_bench.session(), a_title()
    key = stashed(wiki, file)
    assert isinstance(publish(wiki, taken, key, file), Warned)

    answer = publish(wiki, other, key, file)

    assert isinstance(answer, Published)
    assert wiki_bench.upload(taken).sha1 == on_disk(tmp_path, data).sha1
    assert wiki_bench.upload(other).sha1 == file.sha1


def test_publishing_beyond_the_limit_is_refused_and_the_key_stays(
    wiki_bench: WikiBench, file: LocalFile, tmp_path: Path
) -> None:
    wiki, title = wiki_bench.session(), a_title()
    key = stashed(wiki, file)
    wiki_bench.limit(PHOTOGRAPHER, {"upload": (1, 600)})
    published(wiki_bench, tmp_path)

    fault = refusal(wiki, title, key, file)

    assert fault.kind is FaultKind.RATE_LIMITED
    assert fault.retry_after is None
    wiki_bench.limit(PHOTOGRAPHER, {"upload": (5, 600)})
    assert isinstance(publish(wiki, title, key, file), Published)


def test_a_warning_costs_as_much_as_a_file(
    wiki_bench: WikiBench, file: LocalFile, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path, SECOND)
    wiki_bench.limit(PHOTOGRAPHER, {"upload": (1, 600)})
    wiki = wiki_bench.session()
    key = stashed(wiki, file)
    assert isinstance(publish(wiki, title, key, file), Warned)

    if wiki_bench.version < (1, 43):
        # 1.39 counts what it publishes, and no doubts.
        assert isinstance(publish(wiki, a_title(), key, file), Published)
    else:
        assert refusal(wiki, a_title(), key, file).kind is FaultKind.RATE_LIMITED


def test_publishing_costs_an_edit_too(
    wiki_bench: WikiBench, file: LocalFile, tmp_path: Path
) -> None:
    wiki_bench.limit(PHOTOGRAPHER, {"edit": (1, 600)})
    published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()

    if wiki_bench.version < (1, 43):
        # In 1.39 it costs an upload and nothing else.
        assert isinstance(publish(wiki, a_title(), stashed(wiki, file), file), Published)
    else:
        assert refusal(wiki, a_title(), stashed(wiki, file), file).kind is FaultKind.RATE_LIMITED


def test_a_blacklisted_name_is_refused_in_the_wikis_words(
    wiki_bench: WikiBench, file: LocalFile
) -> None:
    wiki = wiki_bench.session()

    fault = refusal(wiki, a_title("A BLACKLISTEDWORD"), stashed(wiki, file), file)

    assert fault.kind is FaultKind.PAGE_REFUSED
    assert fault.code.startswith("titleblacklist-")
    assert ".*BLACKLISTEDWORD.*" in fault.info


@pytest.mark.parametrize("first", "ბßŉǆﬁιςµÿꭰⅳⓐᾳΐǰև")
def test_a_file_is_found_under_its_title_whatever_the_wiki_makes_of_the_first_letter(
    wiki_bench: WikiBench, file: LocalFile, first: str
) -> None:
    wiki, title = wiki_bench.session(), a_title(f"{first}x")

    answer = publish(wiki, title, stashed(wiki, file), file)

    assert isinstance(answer, Published)
    assert title.is_spelled(answer.title)
    at_title = wiki.files.look(file.sha1, title).at_title
    assert at_title is not None
    assert (at_title.title, at_title.sha1) == (answer.title, file.sha1)
    if not isinstance(wiki_bench, FakeBench):
        # Both versions raise it to Unicode's upper case (capture `query-title-normalization`),
        # where Commons has the title case by now: see docs/decisions/0006-first-letters.md.
        assert answer.title == title.text[0].upper() + title.text[1:]


def test_a_read_only_wiki_publishes_later(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki = wiki_bench.session()
    key = stashed(wiki, file)
    wiki_bench.make_read_only()

    assert refusal(wiki, a_title(), key, file).kind is FaultKind.READ_ONLY


def test_a_blocked_user_publishes_nothing(wiki_bench: WikiBench, file: LocalFile) -> None:
    wiki, title = wiki_bench.session(), a_title()
    key = stashed(wiki, file)
    wiki_bench.block(PHOTOGRAPHER)

    assert refusal(wiki, title, key, file).kind is FaultKind.BLOCKED
    assert wiki_bench.session(SECOND).files.look(file.sha1, title).at_title is None


def test_nobody_publishes_anothers_stash(wiki_bench: WikiBench, file: LocalFile) -> None:
    key = stashed(wiki_bench.session(SECOND), file)

    assert refusal(wiki_bench.session(), a_title(), key, file).kind is FaultKind.STASH_GONE
