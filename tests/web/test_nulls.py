"""An optional field that a client sends as null counts as absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from curator_web.protocol import chosen, client, shapes
from curator_web.protocol.client import ClientMessage
from tests.web.speaking import a_slice

ITEM = a_slice(1, "1")["items"][0]
PRESET = {"title": "Bridges", "title_template": "", "handler": "mapillary"}

REQUIRED: dict[type[BaseModel], dict[str, Any]] = {
    client.SliceData: {"batchid": 1, "sliceid": 1, "items": [ITEM]},
    client.UploadData: {"items": [ITEM]},
    client.SelectedData: {"batchid": 1},
    client.BatchesPage: {},
    client.ListedBatches: {},
    client.UploadsPage: {"batchid": 1},
    client.PresetData: PRESET,
    client.NewCategory: {"title": "Bridges", "text": ""},
    client.WantedPage: {},
    shapes.UploadItem: ITEM,
    chosen.UploadChanges: {},
}
"""What each of these cannot do without."""


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """All models that a type is made of, whatever stands around them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_in(field.annotation)
    for part in get_args(annotation):
        yield from models_in(part)


def optional(model: type[BaseModel]) -> list[str]:
    return [name for name, field in model.model_fields.items() if not field.is_required()]


WITH_OPTIONAL = sorted(
    {model for model in models_in(ClientMessage) if optional(model)},
    key=lambda model: model.__name__,
)


def test_every_shape_of_a_client_with_optional_fields_is_tried() -> None:
    assert set(WITH_OPTIONAL) == set(REQUIRED)


@pytest.mark.parametrize("model", WITH_OPTIONAL, ids=lambda model: model.__name__)
def test_null_counts_as_absent(model: type[BaseModel]) -> None:
    absent = model.model_validate(REQUIRED[model])
    for name in optional(model):
        sent = model.model_validate(REQUIRED[model] | {name: None})
        assert sent == absent
        assert name not in sent.model_fields_set


@pytest.mark.parametrize("model", WITH_OPTIONAL, ids=lambda model: model.__name__)
def test_null_for_what_is_required_is_refused(model: type[BaseModel]) -> None:
    for name in REQUIRED[model]:
        with pytest.raises(ValueError, match=name):
            model.model_validate(REQUIRED[model] | {name: None})
