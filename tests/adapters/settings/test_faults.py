"""Configurations that cannot be used, and the sentences that say so."""

from pathlib import Path

import pytest

from curator_adapters.settings import Settings
from curator_core.domain.errors import Misconfigured
from tests.adapters.settings.test_settings import PRODUCTION


def _faults(tmp_path: Path, **env: str) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as refusal:
        Settings.load({"CURATOR_DATA_DIR": str(tmp_path)} | env)
    return refusal.value.sentences


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "http", "whole number, not 'http'"),
        ("PORT", "70000", "at most 65535"),
        ("REDIS_PORT", "0", "at least 1"),
        ("CURATOR_CHUNK_SIZE", "1023", "at least 1024"),
        ("CURATOR_CHUNK_SIZE", "100000000", "at most 99000000"),
        ("CURATOR_USER_CONCURRENCY", "0", "at least 1"),
        ("CURATOR_LEASE_SECONDS", "soon", "a number"),
        ("CURATOR_LEASE_SECONDS", "nan", "at most 86400"),
        ("CURATOR_LEAD_SECONDS", "-1", "at least 0"),
        ("CURATOR_DISPATCH_SECONDS", "0", "at least 0.05"),
        ("RATE_LIMIT_DEFAULT_NORMAL", "4.5", "whole number"),
        ("RATE_LIMIT_DEFAULT_PERIOD", "inf", "at most 86400"),
        ("CELERY_CONCURRENCY", "0", "at least 1"),
        ("CELERY_TASKS_PER_WORKER", "0", "at least 1"),
        ("CELERY_MAXIMUM_WAIT_TIME", "-1", "at least 0"),
        ("CURATOR_WORKER_POOL", "solo", "one of 'threads' or 'prefork'"),
        ("LOG_LEVEL", "loud", "one of 'DEBUG'"),
        ("CURATOR_MIGRATE", "perhaps", "true or false"),
        ("CURATOR_HISTORY_DAYS", "0", "at least 1"),
        ("CURATOR_FRONTEND_DIR", "/nowhere/at/all", "index.html"),
        ("CURATOR_CONTENT_POLICY", "default-src\u00a0'self'", "plain ASCII"),
        ("CURATOR_SERVICE_TOKEN", "no colon", "a colon between them"),
        ("CURATOR_SERVICE_TOKEN", "key:", "a colon between them"),
        ("CURATOR_WIKI_URL", "commons.wikimedia.org", "web address"),
        ("CURATOR_WIKI_URL", "https://commons.wikimedia.org/w/api.php", "script path"),
        ("CURATOR_MAPILLARY_URL", "ftp://example.org", "web address"),
        ("CURATOR_MAPILLARY_URL", "http://[", "web address"),
        ("CURATOR_ALLOWED_ORIGINS", "https://a.example/path", "origin"),
        ("CURATOR_ALLOWED_ORIGINS", "https://a.example,b.example", "'b.example'"),
        ("CURATOR_CONTACT", "Jörg", "ASCII"),
        ("CURATOR_CONTACT", "me (at work)", "parentheses"),
        ("TOKEN_ENCRYPTION_KEY", "c2hvcnQ=", "number 1 of 1"),
        ("CURATOR_OAUTH1_SECRET", "alone", "CURATOR_OAUTH1_KEY"),
    ],
)
def test_a_wrong_value_is_told_by_its_variable(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    (sentence,) = _faults(tmp_path, **{name: value})

    assert sentence.startswith(f"{name} ")
    assert says in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DB_URL", "not an address at all", "not a database address"),
        ("DB_URL", "postgresql://u:p@h/d", "postgresql"),
        ("DB_URL", "mysql://u:p@h", "lacks"),
        ("DB_URL", "sqlite://", "names no file"),
        ("DB_URL", "mysql://u:p@h:port/d", "not a database address"),
        ("REDIS_HOST", "redis://h:1", "host's name"),
    ],
)
def test_a_wrong_value_that_marks_production_asks_for_nothing_that_is_there(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    (sentence,) = _faults(tmp_path, **PRODUCTION | {name: value})

    assert sentence.startswith(f"{name} ")
    assert says in sentence


@pytest.mark.parametrize("name", ["SECRET_KEY", "TOKEN_ENCRYPTION_KEY", "TOOL_TOOLSDB_PASSWORD"])
def test_production_does_not_start_without_its_keys(tmp_path: Path, name: str) -> None:
    (sentence,) = _faults(tmp_path, **PRODUCTION | {name: ""})

    assert sentence.startswith(f"{name} is not set")
    assert not list(tmp_path.iterdir()), "no key is made in production"


@pytest.mark.parametrize("name", ["CURATOR_OAUTH1_KEY", "CURATOR_OAUTH1_SECRET"])
def test_production_does_not_start_with_half_a_consumer(tmp_path: Path, name: str) -> None:
    (sentence,) = _faults(tmp_path, **PRODUCTION | {name: ""})

    assert "CURATOR_OAUTH1_KEY" in sentence
    assert "CURATOR_OAUTH1_SECRET" in sentence


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    sentences = _faults(tmp_path, DB_URL="nonsense", PORT="x", CURATOR_CHUNK_SIZE="1")

    assert [sentence.split()[0] for sentence in sentences] == [
        "DB_URL",
        "CURATOR_OAUTH1_SECRET",
        "SECRET_KEY",
        "TOKEN_ENCRYPTION_KEY",
        "PORT",
        "CURATOR_CHUNK_SIZE",
    ]


def test_no_secret_shows_in_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refusal:
        Settings.load(
            {
                "CURATOR_DATA_DIR": str(tmp_path),
                "DB_URL": "mysql://user:hidden-1@host:port/d",
                "TOKEN_ENCRYPTION_KEY": "hidden-2,hidden-3",
                "CURATOR_OAUTH1_SECRET": "hidden-4",
                "REDIS_PORT": "x",
                "REDIS_PASSWORD": "hidden-5",
            }
        )

    error = refusal.value
    assert "hidden" not in f"{error!r} {error.sentences}"
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_data_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    (sentence,) = _faults(tmp_path, CURATOR_DATA_DIR=str(tmp_path / "file" / "data"))

    assert sentence.startswith("CURATOR_DATA_DIR ")
