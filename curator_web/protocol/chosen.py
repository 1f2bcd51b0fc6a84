"""Uploads that somebody picked out, and what is to be different about them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from curator_web.protocol.shapes import DatabaseId, Label, OneLabel, Text, Wire

ChosenIds = Annotated[tuple[DatabaseId, ...], Field(max_length=10_000)]
"""More than anybody picks out by hand; a whole batch is meant without naming its uploads."""


class UploadChanges(Wire):
    """What is to be different in a copy; what is absent, or null, stays as it was. `labels` and
    `captions` together are all the captions that the copy has."""

    title: Text | None = None
    wikitext: Text | None = None
    labels: OneLabel = None
    captions: tuple[Label, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, sent: object) -> object:
        if not isinstance(sent, dict):
            return sent
        return {name: value for name, value in sent.items() if value is not None}


Changes = dict[DatabaseId, UploadChanges]
"""By the id of the upload that is copied."""
