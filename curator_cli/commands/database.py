"""`curator db …`: the database's schema."""

from __future__ import annotations

import typer

from curator_cli.bootstrap import migrate
from curator_cli.console import say

app = typer.Typer(no_args_is_help=True, help="The database's schema.")


@app.callback()
def group() -> None:
    """The database's schema."""


@app.command()
def upgrade() -> None:
    """Bring the database to this release's schema; one that has it already stays as it is."""
    say(f"The database has this release's schema: {migrate()}")
