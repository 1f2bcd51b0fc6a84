"""Uploads that somebody picked out, and what is to be different about them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from curator_web.protocol.shapes import Asked, DatabaseId, Label, OneLabel, Text

ChosenIds = Annotated[tuple[DatabaseId, ...], Field(max_length=10_000)]
"""More than anybody picks out by hand; a whole batch is meant without naming its uploads."""


class UploadChanges(Asked):
    """What is to be different in a copy; what is absent stays as it was. `labels` and
    `captions` together are all the captions that the copy has."""

    title: Text | None = None
    wikitext: Text | None = None
    labels: OneLabel = None
    captions: tuple[Label, ...] | None = None


Changes = dict[DatabaseId, UploadChanges]
"""By the id of the upload that is copied."""
