"""A contributor keeps templates for the texts of batches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import PresetId, UserId
from curator_core.domain.preset import IllegalPreset, NewPreset, Preset
from curator_core.domain.user import User
from curator_core.use_cases.ownership import Refused
from curator_core.use_cases.presets import MAX_PRESETS, PresetsOf, Template
from tests.builders import House, a_house

BRIDGES = Template(handler="mapillary", title="Bridges", title_template="Bridge {id}")


def save(
    house: House, user: User | None = None, preset_id: int | None = None, **changes: Any
) -> PresetsOf | Refused:
    return house.app.save_preset(
        user or house.ada,
        replace(BRIDGES, **changes),
        None if preset_id is None else PresetId(preset_id),
    )


def presets(outcome: PresetsOf | Refused) -> list[Preset]:
    assert isinstance(outcome, PresetsOf), outcome
    return list(outcome.presets)


def refused(outcome: PresetsOf | Refused) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.reason


def listed(house: House, user: User | None = None) -> list[Preset]:
    return presets(house.app.list_presets(user or house.ada, "mapillary"))


def test_a_saved_preset_is_answered_with_the_others_of_its_source() -> None:
    house = a_house()
    assert listed(house) == []
    first = presets(save(house, title="B"))
    both = presets(save(house, title="A", caption=("en", " A  bridge ")))
    assert [each.title for each in both] == ["B", "A"]
    assert both[0] == first[0]
    assert both[1].caption == Caption(language="en", text="A bridge")
    assert listed(house) == both


def test_a_preset_can_be_saved_by_a_user_whom_a_restored_database_forgot() -> None:
    house = a_house()
    house.database.committed.users.clear()
    assert len(presets(save(house))) == 1


def test_a_preset_with_an_id_is_changed() -> None:
    house = a_house()
    first, _ = presets(save(house)), presets(save(house, title="Roads"))
    changed = presets(save(house, preset_id=first[0].id, title="Rivers"))
    assert [each.title for each in changed] == ["Rivers", "Roads"]


def test_only_ones_own_presets_are_seen_changed_and_deleted() -> None:
    house = a_house()
    adas = presets(save(house, is_default=True))[0]
    assert listed(house, house.grace) == []
    nowhere = refused(save(house, house.grace, 99))
    assert nowhere == "You have no preset 99."
    theirs = refused(save(house, house.grace, adas.id, is_default=True))
    assert theirs == nowhere.replace("99", str(adas.id))
    assert refused(house.app.delete_preset(house.grace, adas.id)) == theirs
    assert listed(house) == [adas]
    assert listed(house, house.grace) == []


def test_a_deleted_preset_leaves_the_others_of_its_source() -> None:
    house = a_house()
    first, second = presets(save(house)), presets(save(house, title="Roads"))
    left = house.app.delete_preset(house.ada, first[0].id)
    assert left == PresetsOf(handler="mapillary", presets=(second[1],))
    assert refused(house.app.delete_preset(house.ada, first[0].id)) == "You have no preset 1."


def test_a_preset_of_a_source_that_is_no_more_can_be_deleted() -> None:
    house = a_house()
    kept = presets(save(house))[0]
    house.database.committed.presets[kept.id] = replace(kept, handler="gone")
    left = house.app.delete_preset(house.ada, kept.id)
    assert left == PresetsOf(handler="gone", presets=())


def test_a_new_default_takes_the_place_of_the_former_one() -> None:
    house = a_house()
    save(house, is_default=True)
    assert [each.is_default for each in presets(save(house, is_default=True))] == [False, True]
    assert [each.is_default for each in presets(save(house, None, 1, is_default=True))] == [
        True,
        False,
    ]


def test_an_unknown_source_is_refused() -> None:
    house = a_house()
    assert "'nowhere'" in refused(save(house, handler="nowhere"))
    assert "'nowhere'" in refused(house.app.list_presets(house.ada, "nowhere"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": ""}, "needs a title"),
        ({"title": " \n"}, "needs a title"),
        ({"title": "x" * 256}, "title may have 255 characters; this has 256"),
        ({"title_template": "x" * 501}, "template for titles may have 500"),
        ({"categories": "x" * 501}, "categories may have 500"),
        ({"title": "Half \ud83d"}, "title must not hold half a character"),
        ({"title_template": "\udcff"}, "template for titles must not hold half"),
        ({"categories": "\ud83d"}, "categories must not hold half"),
        ({"caption": ("en", "\ud83d")}, "half a character"),
        ({"caption": ("English", "A bridge")}, "not a language code"),
        ({"caption": ("en", "x" * 251)}, "250 characters"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(changes: dict[str, Any], told: str) -> None:
    house = a_house()
    sentence = refused(save(house, **changes))
    assert told in sentence
    assert sentence.endswith(".")
    assert listed(house) == []


def test_a_source_with_a_name_longer_than_its_column_is_refused() -> None:
    with pytest.raises(IllegalPreset, match="source may have 50 characters; this has 51"):
        NewPreset(user_id=UserId("1"), handler="x" * 51, title="Bridges", title_template="")


@pytest.mark.parametrize("caption", [None, ("en", ""), ("", " ")])
def test_an_empty_caption_is_none(caption: tuple[str, str] | None) -> None:
    assert presets(save(a_house(), caption=caption))[0].caption is None


def test_a_user_has_so_many_presets_and_can_still_change_them() -> None:
    house = a_house()
    save(house)
    kept = house.database.committed.presets
    kept |= {
        PresetId(each): replace(kept[PresetId(1)], id=PresetId(each))
        for each in range(2, MAX_PRESETS + 1)
    }
    assert f"{MAX_PRESETS} presets already" in refused(save(house))
    assert len(presets(save(house, preset_id=MAX_PRESETS, title="Roads"))) == MAX_PRESETS
    assert len(presets(save(house, house.grace))) == 1
    house.app.delete_preset(house.ada, PresetId(1))
    assert len(presets(save(house))) == MAX_PRESETS


def test_a_database_that_is_down_is_named() -> None:
    house = a_house()
    house.database.down = True
    with pytest.raises(ServiceDown, match="database"):
        save(house)
