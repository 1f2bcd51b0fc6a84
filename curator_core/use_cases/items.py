"""What a contributor sends for each picture, and what of it can be uploaded."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from curator_core.domain.caption import Caption
from curator_core.domain.ids import ImageId, UserId
from curator_core.domain.outcome import Failure
from curator_core.domain.policy import Policy
from curator_core.domain.title import IllegalTitle, Title
from curator_core.domain.upload import NewUpload
from curator_core.ports.sources import Sources
from curator_core.ports.uploads import MAX_CHARACTERS, MAX_WIKITEXT_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One picture as it was asked for: nothing is checked yet. `captions` are language and
    text; the contract's `labels` is the first of them."""

    id: str
    collection: str
    title: str
    wikitext: str
    captions: tuple[tuple[str, str], ...] = ()
    copyright_override: bool = False


def unknown_source(handler: str) -> str:
    """A sentence."""
    return f"Curator knows no source called {handler[:50]!r}."


def refusal(handler: str, items: Sequence[Item], sources: Sources, policy: Policy) -> str | None:
    """Why nothing of a message with these items can be accepted, or None."""
    if sources.named(handler) is None:
        return unknown_source(handler)
    if len(items) > policy.max_slice:
        return f"A message holds {policy.max_slice} pictures; this one has {len(items)}."
    return refusal_of_the_whole(items)


def refusal_of_the_whole(items: Sequence[Item]) -> str | None:
    """Why these items cannot even be stored, or None."""
    if not items:
        return "The message holds no pictures."
    for item in items:
        if not item.id or len(item.id) > MAX_CHARACTERS:
            return f"A picture's id has 1 to {MAX_CHARACTERS} characters; one has {len(item.id)}."
        if len(item.collection) > MAX_CHARACTERS:
            return f"A collection's name has at most {MAX_CHARACTERS} characters."
        # A name must not be changed, since answers name it letter for letter.
        if any(name != _storable(name) for name in (item.id, item.collection)):
            return "A picture's id or its collection's name holds half a character."
        if any(unicodedata.category(each) == "Cc" for each in item.id + item.collection):
            return "A picture's id or its collection's name holds a control character."
    return None


def checked(items: Sequence[Item], user_id: UserId, handler: str) -> list[NewUpload]:
    """The uploads to store, each image id once; what cannot be uploaded carries its failure."""
    first: dict[str, NewUpload] = {}
    for item in items:
        if item.id not in first:
            first[item.id] = _checked(item, user_id, handler)
    return list(first.values())


def _checked(item: Item, user_id: UserId, handler: str) -> NewUpload:
    problems: list[str] = []
    filename = item.title
    try:
        filename = Title.of(item.title).text
    except IllegalTitle as illegal:
        problems.append(str(illegal))
    captions = tuple(_captions(item, problems))
    wikitext = item.wikitext
    size = len(wikitext.encode("utf-8", "replace"))
    if size > MAX_WIKITEXT_BYTES:
        problems.append(
            f"The page's text is {size} bytes long; Curator takes {MAX_WIKITEXT_BYTES}."
        )
        wikitext = ""
    failure = None
    if problems:
        told = " ".join(problems)
        hint = "Correct it, then retry."
        failure = Failure(message=told, code="bad_item", hint=hint, retryable=True)
    return NewUpload(
        user_id=user_id,
        image_id=ImageId(item.id),
        handler=handler,
        collection=item.collection,
        filename=_storable(filename)[:MAX_CHARACTERS],
        wikitext=_storable(wikitext),
        captions=captions,
        copyright_override=item.copyright_override,
        failure=failure,
    )


def _captions(item: Item, problems: list[str]) -> Iterator[Caption]:
    languages = set()
    for language, text in item.captions:
        if not text.strip():
            continue
        if language in languages:
            problems.append(f"There are two captions in {language}.")
            continue
        languages.add(language)
        try:
            yield Caption(language=language, text=text)
        except ValueError as wrong:
            problems.append(f"A caption cannot be used: {wrong}.")


def _storable(text: str) -> str:
    # Halves of surrogate pairs are legal in JSON and in no database.
    return text.encode("utf-8", "replace").decode("utf-8")
