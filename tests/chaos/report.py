"""The table of a run, and all that is needed to look into what went wrong."""

from __future__ import annotations

import sys
from collections import Counter

from tests.chaos import logs
from tests.chaos.house import House
from tests.chaos.run import Outcome
from tests.chaos.verdict import Breach, Violation, failures, judged

_SHOWN = 10
"""So many violations are looked into; the rest is counted."""


def tell_verdict(outcome: Outcome, house: House) -> bool:
    """Prints the table; whether every promise was kept."""
    violations = judged(outcome.evidence)
    amiss = [
        *outcome.amiss,
        *logs.secrets_in(house.logs(), outcome.secrets),
        *logs.surprises_in(house.logs()),
        *(f"left running: {command}" for command in house.left_behind),
    ]
    if outcome.settled is None:
        amiss.append(f"not settled within {outcome.asked.settle:.0f} s after the faults")
    _print_table(_table(outcome, house, Counter(each.breach for each in violations), len(amiss)))
    for violation in violations[:_SHOWN]:
        _look_into(violation, house)
    if len(violations) > _SHOWN:
        _say(f"… and {len(violations) - _SHOWN} more:")
        for violation in violations[_SHOWN:]:
            _say(f"  {_sentence(violation)}")
    for sentence in amiss:
        _say(f"AMISS {sentence}")
    return not violations and not amiss


def _table(
    outcome: Outcome, house: House, breaches: Counter[Breach], amiss: int
) -> list[tuple[str, str]]:
    rows, size, asked = outcome.evidence.rows, house.size, outcome.asked
    settled = "never" if outcome.settled is None else f"{outcome.settled:.0f} s"
    failed = Counter(code for code, _ in failures(rows))
    return [
        ("seed", str(asked.seed)),
        (
            "house",
            f"{size.database}, {size.workers} workers × {size.threads}, {size.webs} webs, "
            f"{size.users} users",
        ),
        ("chaos, then settled in", f"{outcome.chaos_seconds:.0f} s, {settled}"),
        ("uploads acknowledged", str(len(outcome.evidence.wishes))),
        ("uploads by state", _counted(Counter(row.status for row in rows))),
        ("failures by class", _counted(failed)),
        ("files on the wiki", str(len(outcome.evidence.files))),
        ("blows", _counted(outcome.struck)),
        ("faults of the wiki", _counted(outcome.faults)),
        ("starts", _counted(outcome.starts)),
        ("asked again by users", _counted(outcome.repeated)),
        (Breach.LOST.value, str(breaches[Breach.LOST])),
        (Breach.TWICE.value, str(breaches[Breach.TWICE])),
        (Breach.WRONG.value, str(breaches[Breach.WRONG])),
        ("amiss besides", str(amiss)),
    ]


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counter.items())) or "none"


def _print_table(lines: list[tuple[str, str]]) -> None:
    width = max(len(name) for name, _ in lines)
    for name, figure in lines:
        _say(f"{name.ljust(width)}  {figure}")


def _look_into(violation: Violation, house: House) -> None:
    _say(_sentence(violation))
    for upload_id in violation.upload_ids[:4]:
        for line in logs.about(house.logs(), upload_id):
            _say(f"    {line}")


def _sentence(violation: Violation) -> str:
    ids = ", ".join(str(each) for each in violation.upload_ids)
    return f"{violation.breach.value.upper()}: {violation.what} (uploads: {ids or 'none'})"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
