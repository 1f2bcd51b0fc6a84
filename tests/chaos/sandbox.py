"""The sandbox of a chaos run: more users and photographs than `curator sandbox` offers."""

from __future__ import annotations

import argparse
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from curator_cli.ending import ending_in_order
from curator_cli.sandbox.serve import serve
from curator_cli.sandbox.settings import Account, SandboxSettings, default_accounts
from tests.chaos.photographs import sequence

LIMITED = 1
"""So many of the users, the last ones, are held to a pace; the others are exempt."""


def account_names(users: int) -> list[str]:
    """Of all users."""
    return [f"Chaos {number}" for number in range(1, users + 1)]


def accounts(users: int) -> tuple[Account, ...]:
    """Theirs, made from the sandbox's usual ones."""
    usual = {account.name: account for account in default_accounts()}
    exempt, limited = usual["Sandbox bot"], usual["Sandbox photographer"]
    return tuple(
        replace(limited if number >= users - LIMITED else exempt, id=101 + number, name=name)
        for number, name in enumerate(account_names(users))
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--photographs", type=int, required=True)
    parser.add_argument("--per-minute", type=int, required=True)
    asked = parser.parse_args()
    with (
        ending_in_order(),
        suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix="curator-sandbox-") as data_dir,
    ):
        settings = SandboxSettings(
            data_dir=Path(data_dir),
            accounts=accounts(asked.users),
            uploads_per_minute=asked.per_minute,
            sequences=(sequence(asked.photographs),),
        )
        serve("127.0.0.1", asked.port, settings)


if __name__ == "__main__":
    main()
