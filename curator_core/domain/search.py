"""What somebody types to find something, and the words of a file name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from curator_core.domain.upload import UploadStatus

MAX_WORD = 64
"""Longer words are told apart by so many characters."""

_WORD = re.compile(r"[^\W_]+")
_SUFFIX = re.compile(
    r"\.(jpe?g|png|gif|tiff?|webp|svg|xcf|pdf|djvu|og[agv]|webm|mp[34]|wav|flac|midi?|stl)$",
    re.IGNORECASE,
)
_LARGEST_ID = 2**31 - 1


def words_of(text: str) -> tuple[str, ...]:
    """The words in `text`, each once, in order, so that those which look alike are the same:
    without case, and composed as NFKC says."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return tuple(dict.fromkeys(word[:MAX_WORD] for word in _WORD.findall(plain)))


def words_of_title(filename: str) -> tuple[str, ...]:
    """The words of a file name, without its suffix."""
    return words_of(_SUFFIX.sub("", filename))


def name_key(name: str) -> str:
    """A user's name as beginnings are compared: without case, spaces for underscores."""
    return unicodedata.normalize("NFC", name).casefold().replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a text asks for (PROTOCOL.md, HTTP): a number means an id and nothing else; any other
    text the beginning of a user's name, the words of a file name (all of them), or a status."""

    number: int | None = None
    name: str = ""
    words: tuple[str, ...] = ()
    status: UploadStatus | None = None

    @classmethod
    def of(cls, text: str) -> Search:
        """What `text` asks for; a number that no id can be asks for nothing that there is."""
        text = text.strip()
        if text.isascii() and text.isdigit():
            return cls(number=min(int(text[:12]), _LARGEST_ID))
        return cls(
            name=name_key(text),
            words=words_of(_SUFFIX.sub("", text)),
            status=next((each for each in UploadStatus if each.value == text), None),
        )
