"""What the database says while a run goes on, and at its end."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from curator_adapters.sql.engine import make_engine, reading, writing
from curator_adapters.sql.tables import RIGHTS, UPLOADS, USERS
from curator_adapters.sql.tallies import recount
from curator_adapters.token_vault import FernetVault
from curator_core.domain.errors import CuratorError
from curator_core.domain.ids import SealedToken
from curator_core.domain.upload import UploadStatus

_LOOK_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An upload as the database holds it; `holds` names what a finished one must not hold."""

    id: int
    batch_id: int
    username: str
    image_id: str
    title: str
    status: str
    error: dict[str, Any] = field(default_factory=dict)
    success: str | None = None
    retry_of: int | None = None
    attempts: int = 0
    checkpoint: dict[str, Any] = field(default_factory=dict)
    holds: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether it is never changed again."""
        return UploadStatus(self.status).is_final


class Ledger:
    """Counts the uploads about once a second; where the database is away, the last count stays."""

    def __init__(self, database_url: str, key: str) -> None:
        self._engine: Engine = make_engine(database_url)
        self._vault = FernetVault([key])
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="ledger", daemon=True)
        self._unfinished: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self.secrets: dict[str, str] = {}
        """Keys and secrets of the users' access tokens, as they come by."""

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ends."""
        self._closing.set()
        self._thread.join()
        self._engine.dispose()

    @property
    def unfinished(self) -> int:
        """How many uploads are in no final state."""
        return self._unfinished.total()

    def unfinished_of(self, user_id: str) -> int:
        """How many of one user's."""
        return self._unfinished[user_id]

    def look(self) -> bool:
        """Counts anew; False where the database does not answer."""
        try:
            self._count()
        except (CuratorError, SQLAlchemyError):
            return False
        return True

    def rows(self) -> list[Row]:
        """Every upload. Raises `ServiceDown`."""
        uploads, users = UPLOADS.c, USERS.c
        question = (
            select(UPLOADS, users.username, RIGHTS.c.name.label("right"))
            .join(USERS, uploads.userid == users.userid)
            .outerjoin(RIGHTS, RIGHTS.c.upload_id == uploads.id)
            .order_by(uploads.id)
        )
        with reading(self._engine) as connection:
            found = {row["id"]: _row(row) for row in connection.execute(question).mappings()}
        return list(found.values())

    def miscounted(self) -> list[int]:
        """Batches whose counters say something else than their uploads do."""
        with writing(self._engine) as connection:
            wrong, _ = recount(connection, after=0, limit=1_000_000)
        return list(wrong)

    def _watch(self) -> None:
        while not self._closing.wait(_LOOK_EVERY_SECONDS):
            self.look()

    def _count(self) -> None:
        user, status = UPLOADS.c.userid, UPLOADS.c.status
        unfinished: Counter[str] = Counter()
        states: Counter[str] = Counter()
        question = select(user, status, func.count()).group_by(user, status)
        with reading(self._engine) as connection:
            for user_id, state, count in connection.execute(question):
                states[state] += count
                unfinished[user_id] += 0 if UploadStatus(state).is_final else count
            for user_id in unfinished.keys() - self.secrets.keys():
                sealed = connection.scalar(
                    select(UPLOADS.c.access_token)
                    .where(user == user_id, UPLOADS.c.access_token.is_not(None))
                    .limit(1)
                )
                self._learn(user_id, sealed)
        self.states, self._unfinished = states, unfinished

    def _learn(self, user_id: str, sealed: str | None) -> None:
        if sealed is not None:
            token = self._vault.open(SealedToken(sealed))
            self.secrets[user_id] = token.secret
            self.secrets[f"{user_id}, key"] = token.key


def _row(row: Any) -> Row:
    held = {
        "an access token": row["access_token"],
        "a lease": row["lease_token"],
        "a right to publish": row["right"],
    }
    return Row(
        id=row["id"],
        batch_id=row["batchid"],
        username=row["username"],
        image_id=row["key"],
        title=row["filename"],
        status=row["status"],
        error=row["error"] or {},
        success=row["success"],
        retry_of=row["retry_of"],
        attempts=row["attempts"],
        checkpoint=row["checkpoint"] or {},
        holds=tuple(name for name, value in held.items() if value is not None),
    )
