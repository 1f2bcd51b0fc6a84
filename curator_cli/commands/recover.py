"""`curator recover`: what waits gets its place again, and its logins are checked."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from curator_cli.bootstrap import Office, office
from curator_cli.console import fail, say, show
from curator_cli.ending import ending_in_order
from curator_core.use_cases.recover_queue import GroupRecovered, Recovered
from curator_core.use_cases.sessions import SessionState

NOTHING_TO_DO = 3


def recover(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell; change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """After Redis lost everything: give waiting uploads their slots back, and fail those whose
    login has ended.

    Web and workers do the same by themselves. Exit codes: 0 done, 1 a service is down or uploads
    could not be checked, 2 wrong usage or configuration, 3 nothing waits.
    """
    with ending_in_order(), office() as desk:
        recovering(desk, dry_run=dry_run, as_json=as_json)


def recovering(desk: Office, *, dry_run: bool, as_json: bool) -> None:
    """Raises `typer.Exit` with any code but 0, and `ServiceDown`."""
    recovered = desk.application.recover_queue(dry=dry_run)
    names = _names(desk, recovered)
    if as_json:
        groups = [_as_json(each, names) for each in recovered.groups]
        say(json.dumps({"dry_run": dry_run, "groups": groups}, ensure_ascii=False))
    elif recovered.groups:
        show(_table(recovered, names))
    if not recovered.groups:
        fail("Nothing waits.", code=NOTHING_TO_DO)
    if unchecked := recovered.count(SessionState.UNKNOWN):
        fail(f"{_uploads(unchecked)} could not be checked: they stay queued. Try again later.")


def _names(desk: Office, recovered: Recovered) -> dict[str, str]:
    ids = {each.group.user_id for each in recovered.groups}
    with desk.begin() as work:
        users = {user_id: work.users.get(user_id) for user_id in ids}
    return {user_id: user.username for user_id, user in users.items() if user}


def _as_json(found: GroupRecovered, names: dict[str, str]) -> dict[str, object]:
    group = found.group
    return {
        "user_id": group.user_id,
        "username": names.get(group.user_id),
        "edit_group_id": group.edit_group_id,
        "uploads": group.count,
        "session": found.state.value,
        "reason": found.reason,
    }


def _table(recovered: Recovered, names: dict[str, str]) -> Table:
    table = Table("User", "Edit group", "Uploads", "What was found")
    table.columns[2].justify = "right"
    for each in recovered.groups:
        group = each.group
        cells = (
            names.get(group.user_id, group.user_id),
            group.edit_group_id or "",
            str(group.count),
            _found(each, dry=recovered.dry),
        )
        # A name may hold what looks like markup.
        table.add_row(*map(Text, cells))
    return table


def _found(found: GroupRecovered, *, dry: bool) -> str:
    match found.state:
        case SessionState.VALID:
            return "waits for its slots"
        case SessionState.ENDED:
            return f"{'would fail' if dry else 'failed'}: the session has ended"
        case SessionState.UNKNOWN:
            return f"not checked, stays queued: {found.reason}"


def _uploads(count: int) -> str:
    return "1 upload" if count == 1 else f"{count} uploads"
