"""What every `Files` promises."""

from datetime import timedelta
from pathlib import Path

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.pace import Limit
from curator_core.domain.title import Title
from tests.contracts.wiki_bench import PHOTOGRAPHER, SECOND, WikiBench, published
from tests.pictures import a_title, on_disk, picture_bytes


def test_unknown_bytes_under_a_free_name_are_nowhere(wiki_bench: WikiBench, tmp_path: Path) -> None:
    file = on_disk(tmp_path, picture_bytes())

    standing = wiki_bench.session().files.look(file.sha1, a_title())

    assert standing.same_bytes == ()
    assert standing.at_title is None


def test_a_file_is_found_by_its_bytes_and_under_its_name(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, data = published(wiki_bench, tmp_path, SECOND)
    file = on_disk(tmp_path, data)

    standing = wiki_bench.session().files.look(file.sha1, title)

    found = standing.at_title
    assert found is not None
    assert standing.same_bytes == (found,)
    assert (found.title, found.sha1, found.size) == (title.text, file.sha1, file.size)
    assert found.uploader == SECOND
    assert found.url.endswith(f"/wiki/File:{title.text.replace(' ', '_')}")
    assert not found.is_redirect


def test_other_bytes_under_the_name_are_told_from_ours(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    ours = on_disk(tmp_path, picture_bytes())

    standing = wiki_bench.session().files.look(ours.sha1, title)

    assert standing.same_bytes == ()
    assert standing.at_title is not None
    assert standing.at_title.sha1 != ours.sha1


def test_the_same_bytes_are_listed_by_title(wiki_bench: WikiBench, tmp_path: Path) -> None:
    data, stem = picture_bytes(), a_title().text.removesuffix(".jpg")
    titles = [Title.of(f"{stem} {letter}.jpg") for letter in "CAB"]
    for title in titles:
        wiki_bench.place(title, data, SECOND)

    standing = wiki_bench.session().files.look(on_disk(tmp_path, data).sha1, a_title())

    assert [file.title for file in standing.same_bytes] == sorted(each.text for each in titles)


def test_the_wikis_clock_and_its_files_times_are_the_same(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    files = wiki_bench.session().files
    file = on_disk(tmp_path, picture_bytes())
    title = a_title()
    before = files.look(file.sha1, title).wiki_time
    wiki_bench.place(title, file.path.read_bytes(), SECOND)

    standing = files.look(file.sha1, title)

    assert standing.at_title is not None
    uploaded_at = standing.at_title.uploaded_at
    assert before <= uploaded_at <= standing.wiki_time
    assert standing.wiki_time.utcoffset() == uploaded_at.utcoffset() == timedelta(0)
    assert uploaded_at.microsecond == 0


def test_a_look_brings_the_users_limits_along(wiki_bench: WikiBench, tmp_path: Path) -> None:
    wiki_bench.limit(PHOTOGRAPHER, {"upload": (7, 30)})

    standing = wiki_bench.session().files.look(on_disk(tmp_path, picture_bytes()).sha1, a_title())

    assert standing.limits is not None
    assert Limit(action="upload", group="user", hits=7, seconds=30) in standing.limits.limits


def test_a_deleted_file_is_not_there_any_more(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, data = published(wiki_bench, tmp_path)
    wiki_bench.delete(title)

    standing = wiki_bench.session().files.look(on_disk(tmp_path, data).sha1, title)

    assert (standing.same_bytes, standing.at_title) == ((), None)


def test_the_wiki_says_how_large_a_file_may_be(wiki_bench: WikiBench) -> None:
    assert wiki_bench.session().files.max_size() == 5_368_709_120


def test_who_lost_their_grant_sees_nothing(wiki_bench: WikiBench, tmp_path: Path) -> None:
    session = wiki_bench.session()
    wiki_bench.revoke(PHOTOGRAPHER)

    with pytest.raises(Faulted) as caught:
        session.files.look(on_disk(tmp_path, picture_bytes()).sha1, a_title())

    assert caught.value.fault.kind is FaultKind.NO_GRANT
