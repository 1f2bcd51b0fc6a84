"""How the command line speaks: what was asked for on stdout, troubles on stderr."""

from __future__ import annotations

from typing import NoReturn

import typer
from rich.console import Console
from rich.table import Table

OUT = Console(highlight=False, soft_wrap=True)

_WIDE = 240


def say(sentence: str) -> None:
    """One line on stdout, letter for letter."""
    OUT.print(sentence, markup=False)


def show(table: Table) -> None:
    """A table on stdout; as wide as it likes where that is no terminal."""
    out = OUT if OUT.is_terminal else Console(highlight=False, width=_WIDE)
    out.print(table)


def fail(sentence: str, *more: str, code: int = 1) -> NoReturn:
    """Ends the command: one line each on stderr, and an exit code that is not 0."""
    for line in (sentence, *more):
        typer.echo(line, err=True)
    raise typer.Exit(code)
