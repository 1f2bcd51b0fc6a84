"""What every `Presets` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.ids import PresetId, UserId
from curator_core.domain.preset import MAX_CHARACTERS, NewPreset, Preset
from curator_core.domain.user import User
from curator_core.ports.reports import Page
from tests.contracts.database_bench import ANNA, BELA, DatabaseBench, at_once

BRIDGES = NewPreset(
    user_id=ANNA,
    handler="mapillary",
    title="Bridges 🌉",
    title_template="Bridge {id}",
    caption=Caption(language="en", text="A bridge"),
    categories="Bridges|Rivers",
    exclude_from_date_category=True,
)


@pytest.fixture
def known(database: DatabaseBench) -> DatabaseBench:
    """Where Anna and Bela are remembered."""
    with database.begin() as work:
        for user_id in (ANNA, BELA):
            work.users.remember(User(id=user_id, username=f"User {user_id}"))
    return database


def add(database: DatabaseBench, **changes: Any) -> Preset:
    with database.begin() as work:
        return work.presets.add(replace(BRIDGES, **changes))


def of(database: DatabaseBench, user_id: UserId = ANNA, handler: str = "mapillary") -> list[Preset]:
    with database.begin() as work:
        return list(work.presets.of(user_id, handler))


def change(database: DatabaseBench, preset_id: PresetId, to: NewPreset) -> Preset | None:
    with database.begin() as work:
        return work.presets.change(preset_id, to)


def defaults(
    database: DatabaseBench, user_id: UserId = ANNA, handler: str = "mapillary"
) -> list[int]:
    return [each.id for each in of(database, user_id, handler) if each.is_default]


def test_a_preset_is_kept_as_it_was_given(known: DatabaseBench) -> None:
    added = add(known)
    assert of(known) == [added]
    assert (added.user_id, added.handler) == (ANNA, "mapillary")
    assert (added.title, added.title_template) == ("Bridges 🌉", "Bridge {id}")
    assert added.caption == Caption(language="en", text="A bridge")
    assert added.categories == "Bridges|Rivers"
    assert (added.exclude_from_date_category, added.is_default) == (True, False)
    assert added.created_at == added.updated_at


def test_what_is_not_given_is_not_there(known: DatabaseBench) -> None:
    added = add(known, caption=None, categories=None, exclude_from_date_category=False)
    assert (added.caption, added.categories) == (None, None)
    assert not added.exclude_from_date_category


def test_texts_as_long_as_they_may_be_are_kept_whole(known: DatabaseBench) -> None:
    longest = {name: "🌉" * most for name, most in MAX_CHARACTERS.items()}
    added = add(known, **longest)
    assert of(known, handler=longest["handler"]) == [added]
    assert {name: getattr(added, name) for name in longest} == longest


def test_presets_come_by_id_and_only_the_users_own_for_that_source(known: DatabaseBench) -> None:
    mine = [add(known, title=title).id for title in ("C", "A", "B")]
    add(known, user_id=BELA)
    other = add(known, handler="flickr")
    assert [each.id for each in of(known)] == mine == sorted(mine)
    assert of(known, handler="flickr") == [other]
    assert of(known, BELA, "flickr") == []


def test_all_presets_of_a_user_are_counted(known: DatabaseBench) -> None:
    add(known)
    add(known, handler="flickr")
    add(known, user_id=BELA)
    with known.begin() as work:
        assert [work.presets.count(each) for each in (ANNA, BELA, UserId("3"))] == [2, 1, 0]


def test_a_preset_is_changed_whole_and_stays_the_same_one(known: DatabaseBench) -> None:
    added = add(known)
    known.pass_time(timedelta(seconds=5))
    to = NewPreset(user_id=ANNA, handler="flickr", title="Roads", title_template="Road")
    changed = change(known, added.id, to)
    assert changed is not None
    assert of(known, handler="flickr") == [changed]
    assert of(known) == []
    assert (changed.id, changed.title, changed.title_template) == (added.id, "Roads", "Road")
    assert (changed.caption, changed.categories) == (None, None)
    assert changed.updated_at > changed.created_at


def test_a_preset_that_is_changed_to_what_it_is_is_still_there(known: DatabaseBench) -> None:
    added = add(known)
    changed = change(known, added.id, BRIDGES)
    assert changed is not None
    assert (changed.id, changed.title) == (added.id, added.title)


def test_somebody_elses_preset_is_as_one_that_is_not_there(known: DatabaseBench) -> None:
    added = add(known)
    assert change(known, added.id, replace(BRIDGES, user_id=BELA, is_default=True)) is None
    with known.begin() as work:
        assert work.presets.remove(BELA, added.id) is None
    assert of(known) == [added]
    assert of(known, BELA) == []


def test_what_is_not_there_is_neither_changed_nor_removed(known: DatabaseBench) -> None:
    former = add(known, is_default=True)
    assert change(known, PresetId(4711), replace(BRIDGES, is_default=True)) is None
    with known.begin() as work:
        assert work.presets.remove(ANNA, PresetId(4711)) is None
    assert of(known) == [former]


def test_a_removed_preset_is_gone(known: DatabaseBench) -> None:
    kept, removed = add(known), add(known, is_default=True)
    with known.begin() as work:
        assert work.presets.remove(ANNA, removed.id) == removed
    assert of(known) == [kept]
    assert defaults(known) == []


def test_a_new_default_takes_the_place_of_the_former_one(known: DatabaseBench) -> None:
    first = add(known, is_default=True)
    assert first.is_default
    second = add(known, is_default=True)
    assert defaults(known) == [second.id]
    assert change(known, first.id, replace(BRIDGES, is_default=True)) is not None
    assert defaults(known) == [first.id]
    assert change(known, first.id, replace(BRIDGES, is_default=True, title="Same")) is not None
    assert defaults(known) == [first.id]
    assert change(known, first.id, BRIDGES) is not None
    assert defaults(known) == []


def test_each_user_and_source_has_a_default_of_its_own(known: DatabaseBench) -> None:
    mine = add(known, is_default=True)
    other = add(known, is_default=True, handler="flickr")
    hers = add(known, is_default=True, user_id=BELA)
    assert defaults(known) == [mine.id]
    assert defaults(known, handler="flickr") == [other.id]
    assert defaults(known, BELA) == [hers.id]
    # One that changes its source is the default there.
    change(known, mine.id, replace(BRIDGES, is_default=True, handler="flickr"))
    assert defaults(known) == []
    assert defaults(known, handler="flickr") == [mine.id]


def test_defaults_that_are_saved_at_once_leave_one(known: DatabaseBench) -> None:
    present = [add(known) for _ in range(2)]

    def save(number: int) -> PresetId:
        if number < len(present):
            changed = change(known, present[number].id, replace(BRIDGES, is_default=True))
            assert changed is not None
            return changed.id
        return add(known, is_default=True).id

    saved = at_once(6, save)
    assert len(set(saved)) == len(of(known)) == 6
    assert len(defaults(known)) == 1


def test_a_count_stays_true_until_the_unit_of_work_ends(known: DatabaseBench) -> None:
    def add_the_only_one(_: int) -> bool:
        with known.begin() as work:
            if work.presets.count(ANNA) > 0:
                return False
            work.presets.add(BRIDGES)
            return True

    assert sorted(at_once(4, add_the_only_one)) == [False, False, False, True]
    assert len(of(known)) == 1


def test_a_unit_of_work_that_fails_leaves_the_former_default(known: DatabaseBench) -> None:
    former = add(known, is_default=True)

    def fail_late() -> None:
        with known.begin() as work:
            work.presets.add(replace(BRIDGES, is_default=True))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()
    assert of(known) == [former]


def test_everybodys_presets_are_listed_the_newest_first(known: DatabaseBench) -> None:
    bridges, roads = add(known, is_default=True), add(known, user_id=BELA, title="Roads")
    rivers = add(known, handler="flickr", title="Rivers")
    listed = known.reports.presets(Page(limit=2))
    assert (listed.items, listed.total) == ((rivers, roads), 3)
    assert known.reports.presets(Page(number=2, limit=2)).items == (bridges,)


def test_presets_are_found_by_id_by_their_users_name_and_by_their_title(
    known: DatabaseBench,
) -> None:
    bridges, roads = add(known), add(known, user_id=BELA, title="Roads")
    for text, found in {
        str(bridges.id): [bridges],
        f"user {BELA}": [roads],
        "user": [roads, bridges],
        "road": [roads],
        "oad": [],
        "r_ad": [],
    }.items():
        listed = known.reports.presets(Page(), text=text)
        assert (list(listed.items), listed.total) == (found, len(found)), text
