"""The wiki's words as plain text."""

from __future__ import annotations

import re
from html import unescape

_INLINE_TAG = re.compile(r"</?(?:a|abbr|b|bdi|big|code|em|i|kbd|small|span|strong|tt|u)\b[^<>]*>")
_TAG = re.compile(r"<[^<>]+>")
_THUMBNAIL = re.compile(r"\[\[(?:File|Image):[^\[\]]*\|[^\[\]]*\]\]")
_LINK = re.compile(r"\[\[:?(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_BIDI_MARKS = re.compile("[\u200e\u200f\u202a-\u202e]")


def plain_text_of_html(html: str) -> str:
    """Without tags, entities decoded, on one line."""
    return _on_one_line(unescape(_TAG.sub(" ", _INLINE_TAG.sub("", html))))


def plain_text_of_wikitext(text: str) -> str:
    """With the labels of links in their place, on one line.

    The API's `info` is free of markup but for links (capture `blocked-upload`), and what looks
    like a tag in it is meant (capture `verify-svg-external-href-on-stash`).
    """
    return _on_one_line(_LINK.sub(r"\1", _THUMBNAIL.sub("", text)))


def _on_one_line(text: str) -> str:
    return " ".join(_BIDI_MARKS.sub("", text).split())
