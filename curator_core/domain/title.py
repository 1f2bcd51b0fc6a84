"""A legal name for a file on Commons."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_BYTES = 240
"""In UTF-8, with the extension; one more is `filename-toolong` (capture
`verify-name-too-long-whole-file`)."""

# The last are what MediaWiki's own clean-up of texts leaves behind, and then refuses in a title.
_FORBIDDEN = re.compile(r"[#<>\[\]|{}:/\\\x00-\x1f\x7f\ufffd\ufffe\uffff]")
_BIDI_MARKS = re.compile("[\u200e\u200f\u202a-\u202e]")
_SPACES = re.compile("[ _\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ENTITY = re.compile(r"&(?:[A-Za-z0-9\x80-\xff]+|#[0-9]+|#x[0-9A-Fa-f]+);")

MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
}
"""The media type that each extension promises."""


class IllegalTitle(ValueError):
    """A name that the wiki would refuse; its text is a sentence for the contributor."""


@dataclass(frozen=True, slots=True, order=True)
class Title:
    """A file's name without `File:`, with spaces, spelled as MediaWiki spells it.

    Make one with `Title.of`, or with `Title.as_told` of what a wiki tells; the constructor only
    checks. Which first letters are raised differs between wikis: what a wiki tells may begin with
    another one than `Title.of` would give it (docs/decisions/0006-first-letters.md).
    """

    text: str

    def __post_init__(self) -> None:
        if self.text != _folded(self.text):
            raise IllegalTitle("The title is not in the wiki's spelling.")
        _refuse_illegal(self.text)

    @classmethod
    def of(cls, written: str) -> Title:
        """The title that `written` names: spaces folded, `File:` removed, first letter raised.

        Raises `IllegalTitle` where the wiki would refuse it or change it beyond its spelling.
        """
        text = _spelled(written)
        for prefix in ("File:", "Image:"):
            if text.casefold().startswith(prefix.casefold()):
                text = _spelled(text[len(prefix) :])
        return cls(text)

    @classmethod
    def as_told(cls, told: str) -> Title:
        """The title that a wiki calls `told`: its first letter stays as it is. Raises
        `IllegalTitle` for what Curator would not call a file."""
        return cls(_folded(told))

    def is_spelled(self, told: str) -> bool:
        """Whether `told` is this name in a wiki's spelling: other spaces, another form of
        Unicode, another case of the first letter, and nothing else."""
        return not _spellings(self.text).isdisjoint(_spellings(_folded(told)))

    @property
    def page(self) -> str:
        """The page's full name: `File:Name.jpg`."""
        return f"File:{self.text}"

    @property
    def extension(self) -> str:
        """What stands after the last full stop, in lower case."""
        return self.text.rpartition(".")[2].lower()

    @property
    def media_type(self) -> str:
        """The media type that the extension promises."""
        return MEDIA_TYPES[self.extension]

    def __str__(self) -> str:
        return self.text


def _folded(text: str) -> str:
    # MediaWiki composes whatever it is sent (Unicode's form C), so that a name in another form
    # would come back as another name.
    composed = unicodedata.normalize("NFC", _BIDI_MARKS.sub("", text))
    return _SPACES.sub(" ", composed).strip()


def _spelled(text: str) -> str:
    folded = _folded(text)
    # As on Commons: Unicode's title case, and ß as it is.
    first = folded[:1] if folded.startswith("ß") else folded[:1].title()
    return unicodedata.normalize("NFC", first + folded[1:])


def _spellings(text: str) -> set[str]:
    first, rest = text[:1], text[1:]
    firsts = (first, first.title(), first.upper(), first.lower())
    return {unicodedata.normalize("NFC", each + rest) for each in firsts}


def _refuse_illegal(text: str) -> None:
    stem, stop, extension = text.rpartition(".")
    if not text:
        raise IllegalTitle("The title is empty.")
    found = _FORBIDDEN.search(text)
    if found:
        raise IllegalTitle(f"The title holds a character that is not allowed: {found[0]!r}.")
    if "~~~" in text:
        raise IllegalTitle("The title holds ~~~, which the wiki takes for a signature.")
    if _PERCENT.search(text) or _ENTITY.search(text):
        raise IllegalTitle("The title holds an escape such as %41 or &amp;: write the character.")
    if not stop or not stem.strip(" .") or extension.lower() not in MEDIA_TYPES:
        known = ", ".join(sorted(MEDIA_TYPES))
        raise IllegalTitle(f"The title has to be a name with one of the extensions {known}.")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise IllegalTitle(f"The title is {size} bytes long; the wiki allows {MAX_BYTES}.")
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise IllegalTitle("The title holds half a character.")
