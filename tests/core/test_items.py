"""What of a contributor's wishes can be uploaded."""

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.ids import UserId
from curator_core.domain.upload import NewUpload
from curator_core.use_cases.items import Item, checked, refusal_of_the_whole
from tests.builders import an_item


def one(item: Item) -> NewUpload:
    (upload,) = checked([item], UserId("7"), "mapillary")
    return upload


def message(item: Item) -> str:
    failure = one(item).failure
    assert failure is not None
    return failure.message


def test_a_good_item_becomes_an_upload_under_the_wikis_spelling() -> None:
    upload = one(an_item(title="File:bridge_at  night.jpg", copyright_override=True))
    assert upload.failure is None
    assert upload.filename == "Bridge at night.jpg"
    assert (upload.user_id, upload.handler, upload.collection) == ("7", "mapillary", "a-sequence")
    assert upload.captions == (Caption(language="en", text="Bridge number 1001"),)
    assert upload.copyright_override


@pytest.mark.parametrize("title", ["", "Bridge", "A#b.jpg", "A%41.jpg", "x" * 1000 + ".jpg"])
def test_an_illegal_title_is_kept_with_a_sentence_that_says_why(title: str) -> None:
    upload = one(an_item(title=title))
    assert upload.failure is not None
    assert upload.failure.code == "bad_item"
    assert (upload.failure.hint, upload.failure.retryable) == ("Correct it, then retry.", True)
    assert upload.filename == title[:255]


def test_a_text_longer_than_the_database_keeps_fails_and_is_not_cut() -> None:
    assert "65536 bytes" in message(an_item(wikitext="x" * 65_536))
    assert "65536 bytes" in message(an_item(wikitext="ß" * 32_768))
    assert one(an_item(wikitext="x" * 65_535)).failure is None


def test_a_caption_that_cannot_be_used_fails_with_a_sentence() -> None:
    assert "250 characters" in message(an_item(captions=(("en", "x" * 251),)))
    assert "language code" in message(an_item(captions=(("English", "A bridge"),)))
    assert "two captions in en" in message(an_item(captions=(("en", "A"), ("en", "B"))))
    assert "half a character" in message(an_item(captions=(("en", "A\udcff"),)))


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_caption_counts_as_none(text: str) -> None:
    upload = one(an_item(captions=(("en", text), ("de", "Brücke"))))
    assert upload.failure is None
    assert upload.captions == (Caption(language="de", text="Brücke"),)


def test_everything_wrong_with_an_item_is_told_at_once() -> None:
    told = message(an_item(title="x", captions=(("en", "x" * 251),), wikitext="x" * 70_000))
    assert "extensions" in told
    assert "250" in told
    assert "70000" in told


def test_halves_of_characters_reach_no_database() -> None:
    upload = one(an_item(title="A\ud83d.jpg", wikitext="B\ude00"))
    assert upload.failure is not None
    assert upload.filename.encode()
    assert upload.wikitext.encode()


def test_an_image_id_is_taken_once_in_the_order_sent() -> None:
    uploads = checked(
        [an_item("2", title="First.jpg"), an_item("1"), an_item("2", title="Second.jpg")],
        UserId("7"),
        "mapillary",
    )
    assert [(each.image_id, each.filename) for each in uploads] == [
        ("2", "First.jpg"),
        ("1", "Bridge 1.jpg"),
    ]


def test_good_items_make_a_good_slice() -> None:
    assert refusal_of_the_whole([an_item("x" * 255, collection="y" * 255)]) is None


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (an_item(""), "1 to 255 characters"),
        (an_item("x" * 256), "1 to 255 characters"),
        (an_item(collection="x" * 256), "at most 255 characters"),
        (an_item("1\ud83d"), "half a character"),
        (an_item(collection="\udcff"), "half a character"),
    ],
)
def test_what_cannot_even_be_stored_as_failed_refuses_the_slice(item: Item, told: str) -> None:
    refusal = refusal_of_the_whole([an_item(), item])
    assert refusal is not None
    assert told in refusal


def test_an_empty_slice_is_refused() -> None:
    assert refusal_of_the_whole([]) is not None
