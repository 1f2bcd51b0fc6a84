"""Times as MediaWiki writes them."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present second: MediaWiki's times have no fractions."""
    return datetime.now(UTC).replace(microsecond=0)


def iso(moment: datetime) -> str:
    """For example `2026-11-22T18:45:44Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def compact(moment: datetime) -> str:
    """For example `20261122184544`, as in the names of archived versions."""
    return moment.strftime("%Y%m%d%H%M%S")
