"""Users in the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from curator_adapters.sql.absent import insert_where_absent
from curator_adapters.sql.tables import USERS, UserRow
from curator_adapters.sql.times import now
from curator_core.domain.ids import UserId
from curator_core.domain.search import name_key
from curator_core.domain.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlUsers:
    session: Session

    def remember(self, user: User) -> None:
        times = {"created_at": now(), "updated_at": now()}
        named = {"username": user.username, "name_key": name_key(user.username)}
        row = {"userid": user.id, **named}
        insert_where_absent(self.session.connection(), USERS, [{**row, **times}])
        self.session.connection().execute(
            update(USERS)
            .where(
                USERS.c.userid == user.id,
                # Older releases know no keys.
                or_(USERS.c.username != user.username, USERS.c.name_key.is_(None)),
            )
            .values(**named, updated_at=now())
        )

    def get(self, user_id: UserId) -> User | None:
        row = self.session.scalar(select(UserRow).where(USERS.c.userid == user_id))
        return None if row is None else User(id=UserId(row.userid), username=row.username)
