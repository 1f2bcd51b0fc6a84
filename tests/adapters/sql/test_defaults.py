"""One default preset for each user and source, whatever an older release wrote."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, column, insert, inspect, select, table, text, update
from sqlalchemy.exc import IntegrityError

from curator_adapters.sql.engine import reading, writing
from curator_adapters.sql.migrate import downgrade, upgrade
from curator_adapters.sql.tables import PRESETS
from curator_adapters.sql.unit_of_work import SqlBegin
from curator_core.domain.ids import PresetId, UserId
from curator_core.domain.preset import NewPreset, Preset
from tests.adapters.sql import existing_rows
from tests.adapters.sql.existing_rows import CREATED

ANNA = UserId("7")
FORMER = "e4a1b7d6c925"


def old_preset(
    engine: Engine, number: int, *, handler: str = "mapillary", minutes: int = 0, **columns: object
) -> None:
    """A preset as a release writes it that knows nothing of ours, a default one."""
    row = {
        "id": number,
        "userid": ANNA,
        "handler": handler,
        "title": "Bridges",
        "title_template": "Bridge",
        "is_default": True,
        "exclude_from_date_category": False,
        "created_at": CREATED,
        "updated_at": CREATED + timedelta(minutes=minutes),
    } | columns
    with writing(engine) as connection:
        connection.execute(insert(table("presets", *(column(name) for name in row))).values(row))


def presets(engine: Engine, handler: str = "mapillary") -> list[Preset]:
    with SqlBegin(engine)() as work:
        return list(work.presets.of(ANNA, handler))


def defaults(engine: Engine, handler: str = "mapillary") -> list[int]:
    """By what is told and by both columns alike."""
    told: list[int] = [each.id for each in presets(engine, handler) if each.is_default]
    marked = select(PRESETS.c.id).where(PRESETS.c.handler == handler).order_by(PRESETS.c.id)
    with reading(engine) as connection:
        by_flag = connection.scalars(marked.where(PRESETS.c.is_default.is_(True))).all()
        by_name = connection.scalars(marked.where(PRESETS.c.default_for == handler)).all()
    assert told == by_flag == by_name
    return told


@pytest.fixture
def filled(existing: Engine) -> Engine:
    """A database of the existing deployment, in which preset 3 is a default."""
    existing_rows.fill(existing)
    return existing


def test_of_several_defaults_the_one_stays_that_was_written_last(filled: Engine) -> None:
    old_preset(filled, 4, minutes=2)
    old_preset(filled, 5, minutes=1)
    old_preset(filled, 6, handler="flickr")
    old_preset(filled, 7, handler="flickr")
    old_preset(filled, 8, handler="other", is_default=False)
    upgrade(filled)
    assert [each.id for each in presets(filled)] == [3, 4, 5]
    assert defaults(filled) == [4]
    assert defaults(filled, "flickr") == [7]
    assert defaults(filled, "other") == []


def test_what_an_older_release_writes_meanwhile_is_settled_at_the_next_start(
    filled: Engine,
) -> None:
    upgrade(filled)
    assert defaults(filled) == [3]
    # It may, and until then the former default counts.
    old_preset(filled, 4, minutes=1)
    assert [each.id for each in presets(filled) if each.is_default] == [3]
    upgrade(filled)
    assert defaults(filled) == [4]
    with writing(filled) as connection:
        connection.execute(text("UPDATE presets SET is_default = 0"))
    assert [each.id for each in presets(filled) if each.is_default] == []
    upgrade(filled)
    assert defaults(filled) == []


@pytest.mark.parametrize("change", ["is_default = 0", "is_default = 1, handler = 'flickr'"])
def test_a_new_default_takes_the_place_of_one_that_an_older_release_changed(
    filled: Engine, change: str
) -> None:
    upgrade(filled)
    with writing(filled) as connection:
        connection.execute(text(f"UPDATE presets SET {change}"))
    new = NewPreset(
        user_id=ANNA, handler="mapillary", title="Roads", title_template="", is_default=True
    )
    with SqlBegin(filled)() as work:
        added = work.presets.add(new)
    assert defaults(filled) == [added.id]


def test_a_start_changes_nothing_where_all_is_well(filled: Engine) -> None:
    upgrade(filled)
    before = presets(filled)
    upgrade(filled)
    assert presets(filled) == before


def test_the_database_itself_refuses_a_second_default(filled: Engine) -> None:
    upgrade(filled)
    old_preset(filled, 4)
    old_preset(filled, 5)
    second = update(PRESETS).where(PRESETS.c.id == 4).values(default_for="mapillary")
    with pytest.raises(IntegrityError), writing(filled) as connection:
        connection.execute(second)
    # Without the index it takes it.
    with writing(filled) as connection:
        names = [each["name"] for each in inspect(connection).get_indexes("presets")]
        on = "" if connection.dialect.name == "sqlite" else " ON presets"
        assert "ux_presets_userid_default_for" in names
        connection.execute(text(f"DROP INDEX ux_presets_userid_default_for{on}"))
    with writing(filled) as connection:
        assert connection.execute(second).rowcount == 1


def test_presets_survive_going_back_and_forth(filled: Engine) -> None:
    upgrade(filled)
    before = presets(filled)
    downgrade(filled, FORMER)
    with reading(filled) as connection:
        assert "default_for" not in {
            each["name"] for each in inspect(connection).get_columns("presets")
        }
    old_preset(filled, 4, minutes=1)
    upgrade(filled)
    assert defaults(filled) == [PresetId(4)]
    assert [each.id for each in presets(filled)] == [*(each.id for each in before), 4]


def test_sources_that_an_index_takes_for_the_same_have_one_default(existing: Engine) -> None:
    existing_rows.fill(existing)
    for number, handler in enumerate(("flickr", "Flickr", "flickr ")):
        old_preset(existing, 100 + number, handler=handler, minutes=number)
    upgrade(existing)
    with reading(existing) as connection:
        marked = select(PRESETS.c.id).where(PRESETS.c.is_default.is_(True), PRESETS.c.id >= 100)
        assert connection.scalars(marked).all() == [102]
