"""`curator`: the command line."""

from __future__ import annotations

import sys

import typer

from curator_cli.commands import database, demo, recover, serve
from curator_core.domain.errors import Misconfigured, ServiceDown

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Bring collections of photographs to Wikimedia Commons.",
)
app.command()(serve.web)
app.command()(serve.worker)
app.command()(serve.sandbox)
app.command()(demo.demo)
app.command()(recover.recover)
app.add_typer(database.app, name="db")


def main() -> None:
    """Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 nothing to do."""
    try:
        app()
    except Misconfigured as wrong:
        sys.stderr.write("The configuration cannot be used:\n")
        sys.stderr.writelines(f"- {sentence}\n" for sentence in wrong.sentences)
        sys.exit(2)
    except ServiceDown as down:
        sys.stderr.write(f"Something that Curator needs is not there: {down}\n")
        sys.exit(1)
