"""How the command line speaks: what was asked for on stdout, troubles on stderr."""

from __future__ import annotations

from typing import NoReturn

import typer
from rich.console import Console

OUT = Console(highlight=False, soft_wrap=True)


def say(sentence: str) -> None:
    """One line on stdout, letter for letter."""
    OUT.print(sentence, markup=False)


def fail(sentence: str, *more: str, code: int = 1) -> NoReturn:
    """Ends the command: one line each on stderr, and an exit code that is not 0."""
    for line in (sentence, *more):
        typer.echo(line, err=True)
    raise typer.Exit(code)
