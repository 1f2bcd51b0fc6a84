"""Captions as Wikibase keeps them."""

import pytest

from curator_core.domain.caption import MAX_CHARACTERS, Caption


def test_outer_spaces_and_line_breaks_are_cleaned_as_wikibase_does() -> None:
    assert Caption(language="en", text="  A bridge\n at\tnight ").text == "A bridge at night"


def test_a_caption_may_have_250_characters_and_not_one_more() -> None:
    assert len(Caption(language="de", text="ß" * MAX_CHARACTERS).text) == 250
    with pytest.raises(ValueError, match="this one has 251"):
        Caption(language="de", text="ß" * 251)


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_caption_does_not_exist_since_it_would_delete_the_one_there(text: str) -> None:
    with pytest.raises(ValueError, match="delete"):
        Caption(language="en", text=text)


def test_half_a_character_is_refused_since_no_wiki_can_be_sent_it() -> None:
    with pytest.raises(ValueError, match="half a character"):
        Caption(language="en", text="A bridge \ud83d")


@pytest.mark.parametrize("language", ["en", "pt-br", "zh-hans", "be-tarask", "roa-tara"])
def test_a_language_is_known_by_its_code(language: str) -> None:
    assert Caption(language=language, text="x").language == language


@pytest.mark.parametrize("language", ["", "E", "EN", "en_GB", "en-", "english!", "en\n", "../en"])
def test_what_is_no_language_code_is_refused(language: str) -> None:
    with pytest.raises(ValueError, match="not a language code"):
        Caption(language=language, text="x")
