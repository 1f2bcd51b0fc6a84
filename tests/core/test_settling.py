"""A look at the wiki, and whether what is there is ours."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from curator_core.domain.ids import Sha1
from curator_core.domain.title import Title
from curator_core.ports.files import Standing, WikiFile
from curator_core.ports.publisher import Published
from curator_core.use_cases.process_upload.settling import Duplicates, NameTaken, settled
from tests.fakes.clock import START

TITLE = Title("Bridge.jpg")
BYTES = Sha1("a" * 40)
OTHER_BYTES = Sha1("b" * 40)
ADA = "Ada"
BEGUN = START + timedelta(microseconds=700_000)


def a_file(title: str = "Bridge.jpg", **changes: object) -> WikiFile:
    file = WikiFile(
        title=title,
        url=f"https://wiki.test/wiki/File:{title}",
        sha1=BYTES,
        size=10,
        uploader=ADA,
        uploaded_at=START + timedelta(seconds=5),
    )
    return replace(file, **changes)  # type: ignore[arg-type]


def judged(
    *same_bytes: WikiFile, at_title: WikiFile | None = None, since: datetime | None = BEGUN
) -> Published | Duplicates | NameTaken | None:
    standing = Standing(wiki_time=START, same_bytes=same_bytes, at_title=at_title)
    return settled(standing, title=TITLE, sha1=BYTES, username=ADA, since=since)


def test_nothing_there_means_that_nothing_happened() -> None:
    assert judged() is None


def test_our_bytes_under_our_title_by_our_user_since_publishing_began_are_ours() -> None:
    ours = a_file()
    assert judged(ours, at_title=ours) == Published(
        title="Bridge.jpg", url=ours.url, sha1=BYTES, size=10, found=True
    )


def test_either_half_of_the_answer_is_enough() -> None:
    assert isinstance(judged(a_file()), Published)
    assert isinstance(judged(at_title=a_file()), Published)


def test_the_same_from_before_publishing_began_is_a_duplicate() -> None:
    old = a_file(uploaded_at=START - timedelta(seconds=1))
    assert judged(old, at_title=old) == Duplicates(files=(old,))


def test_the_same_in_the_second_in_which_publishing_began_is_ours() -> None:
    assert isinstance(judged(a_file(uploaded_at=START)), Published)


def test_the_same_is_a_duplicate_as_long_as_publishing_never_began() -> None:
    ours = a_file()
    assert judged(ours, at_title=ours, since=None) == Duplicates(files=(ours,))


def test_the_same_bytes_from_somebody_else_are_a_duplicate() -> None:
    theirs = a_file(uploader="Grace")
    assert judged(theirs, at_title=theirs) == Duplicates(files=(theirs,))


def test_our_users_file_under_another_title_is_another_uploads() -> None:
    # Two pictures of one batch with the same bytes: the second is a duplicate of the first.
    other = a_file("Tower.jpg")
    assert judged(other) == Duplicates(files=(other,))


@pytest.mark.parametrize("other", ["BRIDGE.jpg", "Bridge.JPG"])
def test_a_file_whose_name_differs_in_case_only_is_another_uploads(other: str) -> None:
    # MediaWiki raises the first letter and tells all others apart.
    assert isinstance(judged(a_file(other)), Duplicates)


@pytest.mark.parametrize("spelled", ["bridge.jpg", "Bridge.jpg"])
def test_our_file_is_ours_in_whatever_spelling_the_wiki_gave_it(spelled: str) -> None:
    found = judged(a_file(spelled))
    assert isinstance(found, Published)
    assert found.title == spelled


def test_other_bytes_under_our_title_mean_that_the_name_is_taken() -> None:
    other = a_file(sha1=OTHER_BYTES, uploader=ADA)
    assert judged(at_title=other) == NameTaken(file=other)


def test_a_duplicate_elsewhere_counts_more_than_a_taken_name() -> None:
    elsewhere = a_file("Tower.jpg", uploader="Grace")
    assert judged(elsewhere, at_title=a_file(sha1=OTHER_BYTES)) == Duplicates(files=(elsewhere,))


def test_of_several_duplicates_the_one_under_our_title_comes_first_and_redirects_last() -> None:
    redirect = a_file("A.jpg", uploader="Grace", is_redirect=True)
    elsewhere = a_file("B.jpg", uploader="Grace")
    under_our_title = a_file(uploader="Grace")
    assert judged(redirect, elsewhere, under_our_title) == Duplicates(
        files=(under_our_title, elsewhere, redirect)
    )


def test_ours_is_ours_even_beside_somebody_elses() -> None:
    theirs = a_file("A.jpg", uploader="Grace")
    found = judged(theirs, a_file())
    assert isinstance(found, Published)
    assert found.title == "Bridge.jpg"
