"""`curator`, which is `python -m curator_cli` as well."""

from __future__ import annotations

import signal


def main() -> None:
    """Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 nothing to do."""
    # Loading takes a second, in which nothing is there yet that an end would have to put in order:
    # Ctrl-C ends the process as a signal does, and shows no trace.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from curator_cli.app import main as command  # noqa: PLC0415 - see above

    signal.signal(signal.SIGINT, signal.default_int_handler)
    command()


if __name__ == "__main__":
    main()
