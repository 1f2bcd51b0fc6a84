"""What a later attempt can go on from."""

from datetime import timedelta

import pytest

from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.ids import FileKey, Sha1
from tests.fakes.clock import START

BYTES = Sha1("a" * 40)
OTHER_BYTES = Sha1("b" * 40)
KEY = FileKey("1.abc.jpg")


def half_sent() -> Checkpoint:
    return Checkpoint().downloaded(BYTES, 1000).stashed(KEY, 400, assembled=False)


def test_the_same_bytes_again_keep_what_is_in_the_stash() -> None:
    assert half_sent().downloaded(BYTES, 1000) == half_sent()


def test_other_bytes_than_before_abandon_the_stash() -> None:
    fresh = half_sent().downloaded(OTHER_BYTES, 1000)
    assert (fresh.file_key, fresh.offset, fresh.assembled) == (None, 0, False)
    assert (fresh.sha1, fresh.size) == (OTHER_BYTES, 1000)


def test_a_lost_stash_leaves_everything_else_known() -> None:
    whole = (
        half_sent().stashed(KEY, 1000, assembled=True).publishing(START, START).requeued("storage")
    )
    lost = whole.without_stash()
    assert (lost.file_key, lost.offset, lost.assembled) == (None, 0, False)
    assert (lost.sha1, lost.size) == (BYTES, 1000)
    assert lost.publish_begun == START
    assert lost.requeue_count("storage") == 1


def test_publishing_began_when_it_first_began() -> None:
    begun = half_sent().publishing(START, START)
    assert begun.publishing(START + timedelta(hours=1), START).publish_begun == START


def test_delays_are_counted_by_their_class() -> None:
    checkpoint = Checkpoint().requeued("storage").requeued("hash_locked").requeued("storage")
    assert checkpoint.requeue_count("storage") == 2
    assert checkpoint.requeue_count("hash_locked") == 1
    assert checkpoint.requeue_count("source_trouble") == 0


def test_what_was_published_is_remembered_by_name_and_address() -> None:
    published = half_sent().published("Bridge.jpg", "https://wiki.test/wiki/File:Bridge.jpg")
    assert published.published_title == "Bridge.jpg"
    assert published.published_url == "https://wiki.test/wiki/File:Bridge.jpg"


@pytest.mark.parametrize("offset", [-1, 1001])
def test_an_offset_outside_of_the_file_does_not_exist(offset: int) -> None:
    with pytest.raises(ValueError, match="within"):
        half_sent().stashed(KEY, offset, assembled=False)


def test_a_whole_stash_has_a_key_and_a_known_sha1() -> None:
    with pytest.raises(ValueError, match="assembled"):
        Checkpoint(assembled=True, sha1=BYTES, size=1)
    with pytest.raises(ValueError, match="assembled"):
        Checkpoint(assembled=True, file_key=KEY)
