"""Every port has a fake and a contract, and every contract is asked of the fake and of a real
adapter."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PORTS = sorted(
    path.stem for path in (ROOT / "curator_core/ports").glob("*.py") if path.stem != "__init__"
)
SANDBOX_ONLY = {"test_background", "test_login", "test_statements"}
"""Debian's MediaWiki has neither OAuth nor Wikibase; nothing runs its background jobs here."""
REAL = {"sqlite", "mariadb", "redis", "celery", "fernet", "system", "sandbox", "http", "mapillary"}


@pytest.fixture(scope="module")
def subjects() -> dict[str, set[str]]:
    """What each contract test is asked of: the words of its parameters, by file."""
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "tests/contracts"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    found: dict[str, set[str]] = defaultdict(set)
    for path, parameters in re.findall(r"tests/contracts/(\w+)\.py::\w+\[(.+)\]", listed):
        found[path] |= set(parameters.split("-"))
    return found


@pytest.mark.parametrize("port", PORTS)
def test_a_port_has_a_fake_and_a_contract_of_its_name(port: str) -> None:
    assert (ROOT / f"tests/fakes/{port}.py").exists()
    assert (ROOT / f"tests/contracts/test_{port}.py").exists()


def test_every_contract_is_asked_of_the_fake_and_of_what_is_real(
    subjects: dict[str, set[str]],
) -> None:
    one_sided = {
        path: words for path, words in subjects.items() if "fake" not in words or not words & REAL
    }

    assert len(subjects) >= len(PORTS)
    assert one_sided == {}


def test_what_is_kept_in_a_database_is_asked_of_both_databases(
    subjects: dict[str, set[str]],
) -> None:
    for path in (
        "test_work",
        "test_reports",
        "test_uploads_kept",
        "test_publishing_rights",
        "test_gates",
        "test_paces",
        "test_endings",
    ):
        assert {"fake", "sqlite", "mariadb"} <= subjects[path], path


def test_what_is_asked_of_a_wiki_is_asked_of_a_real_one(subjects: dict[str, set[str]]) -> None:
    for path, words in subjects.items():
        if "sandbox" in words:
            assert "mediawiki" in words or path in SANDBOX_ONLY, path


def test_the_cores_tests_patch_nothing() -> None:
    for path in (ROOT / "tests/core").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "unittest.mock" not in text, path
        assert "monkeypatch" not in text, path
