"""Users in the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curator_adapters.sql.absent import insert_where_absent
from curator_adapters.sql.tables import USERS, UserRow
from curator_adapters.sql.times import now
from curator_core.domain.ids import UserId
from curator_core.domain.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlUsers:
    session: Session

    def remember(self, user: User) -> None:
        times = {"created_at": now(), "updated_at": now()}
        row = {"userid": user.id, "username": user.username}
        insert_where_absent(self.session.connection(), USERS, [{**row, **times}])
        self.session.connection().execute(
            update(USERS)
            .where(USERS.c.userid == user.id, USERS.c.username != user.username)
            .values(username=user.username, updated_at=now())
        )

    def get(self, user_id: UserId) -> User | None:
        row = self.session.scalar(select(UserRow).where(USERS.c.userid == user_id))
        return None if row is None else User(id=UserId(row.userid), username=row.username)
