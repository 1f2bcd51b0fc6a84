"""Units of work: one transaction each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, event
from sqlalchemy.orm import ORMExecuteState, Session

from curator_adapters.sql.batches import SqlBatches
from curator_adapters.sql.endings import SqlEndings
from curator_adapters.sql.engine import writing
from curator_adapters.sql.gates import SqlGates
from curator_adapters.sql.history import SqlHistory
from curator_adapters.sql.paces import SqlPaces
from curator_adapters.sql.presets import SqlPresets
from curator_adapters.sql.rights import SqlPublishingRights
from curator_adapters.sql.tallies import Tallies
from curator_adapters.sql.uploads import SqlUploads
from curator_adapters.sql.users import SqlUsers


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlWork:
    users: SqlUsers
    batches: SqlBatches
    uploads: SqlUploads
    rights: SqlPublishingRights
    endings: SqlEndings
    gates: SqlGates
    paces: SqlPaces
    history: SqlHistory
    presets: SqlPresets


@dataclass(frozen=True, slots=True)
class SqlBegin:
    """`Begin` on an engine that `make_engine` made."""

    engine: Engine

    @contextmanager
    def __call__(self) -> Iterator[SqlWork]:
        with (
            writing(self.engine) as connection,
            Session(connection, autoflush=False) as session,
        ):
            event.listen(session, "do_orm_execute", _read_anew)
            tallies = Tallies()
            yield SqlWork(
                users=SqlUsers(session=session),
                batches=SqlBatches(session=session),
                uploads=SqlUploads(session=session, tallies=tallies),
                rights=SqlPublishingRights(session=session),
                endings=SqlEndings(session=session, tallies=tallies),
                gates=SqlGates(session=session),
                paces=SqlPaces(session=session),
                history=SqlHistory(session=session),
                presets=SqlPresets(session=session),
            )
            tallies.write(connection)


def _read_anew(state: ORMExecuteState) -> None:
    """Core statements write behind the session's back: a row that it knows may be another by
    now."""
    state.update_execution_options(populate_existing=True)
