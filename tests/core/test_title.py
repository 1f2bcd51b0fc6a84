"""Names of files: what the wiki takes, and how it spells them."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curator_core.domain.title import MAX_BYTES, MEDIA_TYPES, IllegalTitle, Title


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("Bridge.jpg", "Bridge.jpg"),
        ("bridge.jpg", "Bridge.jpg"),
        ("École.jpg", "École.jpg"),
        ("école.jpg", "École.jpg"),
        # What Commons makes of first letters: the title case, and ß as it is.
        ("ßtrange.jpg", "ßtrange.jpg"),
        ("თბილისი.jpg", "თბილისი.jpg"),
        ("Თბილისი.jpg", "Თბილისი.jpg"),
        ("ǆungla.jpg", "ǅungla.jpg"),
        ("Ǆungla.jpg", "ǅungla.jpg"),
        ("ﬁsh.jpg", "Fish.jpg"),
        ("ŉ.jpg", "ʼN.jpg"),
        ("ǰ.jpg", "J\u030c.jpg"),
        ("ςigma.jpg", "Σigma.jpg"),
        ("ᾳ.jpg", "ᾼ.jpg"),
        ("ⅳ.jpg", "Ⅳ.jpg"),
        ("ⓐ.jpg", "Ⓐ.jpg"),
        ("ıx.jpg", "Ix.jpg"),
        ("ÿ.jpg", "Ÿ.jpg"),
        ("𐐨.jpg", "𐐀.jpg"),
        ("A_bridge__at   night.jpg", "A bridge at night.jpg"),
        ("  _Bridge.jpg_ ", "Bridge.jpg"),
        ("A\u00a0bridge\u2003at\u3000night.jpg", "A bridge at night.jpg"),
        ("File:bridge.jpg", "Bridge.jpg"),
        ("file: bridge.jpg", "Bridge.jpg"),
        ("Image:Bridge.jpg", "Bridge.jpg"),
        ("Bri\u200edge\u202c.jpg", "Bridge.jpg"),
        ("Bridge.JPG", "Bridge.JPG"),
        ("Cafe\u0301.jpg", "Café.jpg"),
        ("e\u0301cole.jpg", "École.jpg"),
        ("橋.jpg", "橋.jpg"),
        ("100 % of it.jpg", "100 % of it.jpg"),
        ("Ham & eggs.jpg", "Ham & eggs.jpg"),
    ],
)
def test_a_name_is_spelled_as_the_wiki_spells_it(written: str, spelled: str) -> None:
    assert Title.of(written).text == spelled


@pytest.mark.parametrize("character", list("#<>[]|{}:/\\\n\t\x00\x7f\ufffd"))
def test_a_character_that_the_wiki_replaces_is_refused_and_named(character: str) -> None:
    with pytest.raises(IllegalTitle, match="not allowed") as refused:
        Title.of(f"A{character}b.jpg")
    assert repr(character) in str(refused.value)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("File:", "empty"),
        ("A ~~~~ b.jpg", "~~~"),
        ("A ~~~ b.jpg", "~~~"),
        ("A%41.jpg", "escape"),
        ("A&amp;b.jpg", "escape"),
        ("Bridge", "extensions"),
        ("Bridge.exe", "extensions"),
        ("Bridge.php", "extensions"),
        ("Bridge.", "extensions"),
        (".jpg", "extensions"),
        ("... .jpg", "extensions"),
        ("Half\ud83d.jpg", "half a character"),
    ],
)
def test_a_name_that_the_wiki_refuses_is_refused_with_a_sentence(written: str, told: str) -> None:
    with pytest.raises(IllegalTitle, match=told) as refused:
        Title.of(written)
    assert str(refused.value).endswith(".")


def test_a_name_may_have_240_bytes_and_not_one_more() -> None:
    # Captures `verify-name-240-on-commit` and `verify-name-too-long-whole-file`.
    longest = "x" * (MAX_BYTES - 4) + ".jpg"
    assert Title.of(longest).text == "X" + longest[1:]
    with pytest.raises(IllegalTitle, match="241 bytes"):
        Title.of("x" + longest)


def test_length_counts_bytes_and_not_characters() -> None:
    with pytest.raises(IllegalTitle, match="244 bytes"):
        Title.of("橋" * 80 + ".jpg")


def test_a_title_that_is_not_in_the_wikis_spelling_does_not_exist() -> None:
    for text in ("A  bridge.jpg", "A_bridge.jpg", "Cafe\u0301.jpg", " Bridge.jpg"):
        with pytest.raises(IllegalTitle, match="spelling"):
            Title(text)


def test_what_a_wiki_tells_keeps_its_first_letter() -> None:
    # Capture `query-title-normalization`: a wiki that is not Commons raises ß to SS.
    assert Title.as_told("bridge__at night.jpg").text == "bridge at night.jpg"
    assert Title.as_told("SSx.jpg").text == "SSx.jpg"
    assert Title.as_told("Თx.jpg").text == "Თx.jpg"
    with pytest.raises(IllegalTitle, match="extensions"):
        Title.as_told("bridge.php")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Bridge at night.jpg", "Bridge_at__night.jpg "),
        ("Bridge.jpg", "bridge.jpg"),
        ("ßx.jpg", "SSx.jpg"),
        ("თx.jpg", "Თx.jpg"),
        ("ǆx.jpg", "Ǆx.jpg"),
        ("Cafe\u0301.jpg", "Café.jpg"),
        ("e\u0301cole.jpg", "École.jpg"),
        ("Bri\u200edge.jpg", "Bridge.jpg"),
    ],
)
def test_a_name_is_known_in_other_spellings(written: str, told: str) -> None:
    assert Title.of(written).is_spelled(told)


@pytest.mark.parametrize(
    "told", ["BRidge.jpg", "Bridge.JPG", "Bridge.jpeg", "Bridge .jpg", "Bridge-.jpg", "", "B"]
)
def test_another_name_is_no_spelling(told: str) -> None:
    assert not Title.of("Bridge.jpg").is_spelled(told)


def test_a_title_knows_its_page_and_what_its_extension_promises() -> None:
    title = Title.of("a bridge.at night.TIFF")
    assert title.page == "File:A bridge.at night.TIFF"
    assert title.extension == "tiff"
    assert title.media_type == "image/tiff"
    assert str(title) == "A bridge.at night.TIFF"


@settings(derandomize=True)
@given(
    stem=st.text(st.characters(codec="utf-16"), max_size=90),
    extension=st.sampled_from([*MEDIA_TYPES, "JPG", "Png", "exe", ""]),
)
@example(stem="i\u0307", extension="jpg")
@example(stem="File:File:x", extension="jpg")
def test_whatever_is_written_is_refused_or_becomes_a_name_that_stays_as_it_is(
    stem: str, extension: str
) -> None:
    try:
        title = Title.of(f"{stem}.{extension}")
    except IllegalTitle:
        return
    assert Title.of(title.text) == title
    assert Title.of(title.page) == title
    assert Title.as_told(title.text) == title
    # A colon can only be that of a namespace.
    assert ":" in stem or title.is_spelled(f"{stem}.{extension}")
    assert Title(title.text) == title
    assert len(title.text.encode()) <= MAX_BYTES
    assert unicodedata.is_normalized("NFC", title.text)
    assert not set(title.text) & set("#<>[]|{}:/\\_\n\t")
    assert "  " not in title.text
    assert title.text == title.text.strip()
