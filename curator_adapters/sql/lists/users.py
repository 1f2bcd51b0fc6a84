"""Pages of users."""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from curator_adapters.sql.lists.bounded import bounded_total, named
from curator_adapters.sql.tables import USERS
from curator_core.domain.ids import UserId
from curator_core.ports.reports import Listed, Page, UserReport

_users = USERS.c


def users(connection: Connection, page: Page, text: str | None) -> Listed[UserReport]:
    """`Reports.users`."""
    found = select(USERS)
    if text:
        # Ids are texts here, and may be anything.
        found = found.where(or_(_users.userid == text.strip(), named(text)))
    rows = connection.execute(
        found.order_by(_users.username, _users.userid).limit(page.limit).offset(page.offset)
    ).all()
    everybody = select(func.count()).select_from(USERS)
    return Listed(
        items=tuple(
            UserReport(
                id=UserId(row.userid),
                username=row.username,
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
            for row in rows
        ),
        total=bounded_total(connection, found) if text else connection.scalar(everybody) or 0,
    )
