"""What follows from the environment, and from its absence."""

import re
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from curator_adapters.settings import Settings
from curator_adapters.token_vault import FernetVault
from curator_cli.sandbox.settings import SandboxSettings
from curator_core.domain.pace import Pace
from curator_core.domain.policy import Policy

Load = Callable[..., Settings]

PRODUCTION = {
    "TOOL_TOOLSDB_USER": "s55555",
    "TOOL_TOOLSDB_PASSWORD": "p@ss/word",
    "REDIS_HOST": "tools-redis.svc.example",
    "SECRET_KEY": "a long random text of more than thirty-two characters",
    "TOKEN_ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "CURATOR_OAUTH1_KEY": "consumer",
    "CURATOR_OAUTH1_SECRET": "consumer-secret",
}


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads settings from the given variables, with a data directory of the test's own."""

    def loaded(**env: str) -> Settings:
        return Settings.load({"CURATOR_DATA_DIR": str(tmp_path)} | env)

    return loaded


def test_with_nothing_configured_everything_is_local(load: Load, tmp_path: Path) -> None:
    settings = load()

    assert not settings.production
    assert settings.database_url.get_secret_value() == f"sqlite:///{tmp_path}/curator.db"
    assert settings.redis_address is None
    assert settings.wiki_url == "http://127.0.0.1:8010/w"
    assert settings.mapillary_url == "http://127.0.0.1:8010/mapillary"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.policy == Policy()
    assert settings.admins == frozenset()
    assert settings.migrate
    assert settings.log_level == "INFO"


def test_a_deployment_on_toolforge_needs_nothing_new(load: Load) -> None:
    settings = load(**PRODUCTION)

    assert settings.production
    assert settings.database_url.get_secret_value() == (
        "mysql+pymysql://s55555:p%40ss%2Fword@tools.db.svc.wikimedia.cloud/s55555__curator"
    )
    assert settings.redis_address is not None
    assert settings.redis_address.get_secret_value() == "redis://tools-redis.svc.example:6379/0"
    assert settings.wiki_url == "https://commons.wikimedia.org/w"
    assert settings.mapillary_url == "https://graph.mapillary.com"
    assert settings.host == "0.0.0.0"
    assert settings.consumer_key == "consumer"
    assert settings.consumer_secret.get_secret_value() == "consumer-secret"


@pytest.mark.parametrize(
    "mark",
    [
        {"TOOL_TOOLSDB_USER": "s55555", "TOOL_TOOLSDB_PASSWORD": "x"},
        {"DB_URL": "sqlite:////srv/curator.db"},
        {"REDIS_HOST": "redis.example"},
        {},
    ],
    ids=["toolsdb", "database", "redis", "consumer"],
)
def test_any_mark_of_a_deployment_makes_it_production(load: Load, mark: dict[str, str]) -> None:
    keys = {
        name: value
        for name, value in PRODUCTION.items()
        if "KEY" in name or name == "CURATOR_OAUTH1_SECRET"
    }

    assert load(**keys, **mark).production


def test_an_empty_variable_counts_as_not_set(load: Load) -> None:
    assert not load(DB_URL="", REDIS_HOST=" ", CURATOR_OAUTH1_KEY="", PORT="").production


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("mysql://u:p%40w@db.example/curator", "mysql+pymysql://u:p%40w@db.example/curator"),
        ("mariadb://u:p@db.example:3307/c", "mysql+pymysql://u:p@db.example:3307/c"),
        ("mysql+mysqldb://u@db/c?charset=utf8mb4", "mysql+pymysql://u@db/c?charset=utf8mb4"),
        ("mysql+pymysql://u:p@db/c", "mysql+pymysql://u:p@db/c"),
        ("sqlite:////srv/curator.db", "sqlite:////srv/curator.db"),
    ],
)
def test_a_databases_address_names_the_driver_that_there_is(
    load: Load, given: str, used: str
) -> None:
    settings = load(**PRODUCTION | {"DB_URL": given})

    assert settings.database_url.get_secret_value() == used


@pytest.mark.parametrize(
    ("redis", "address"),
    [
        ({"REDIS_PORT": "6380"}, "redis://redis.example:6380/0"),
        ({"REDIS_PASSWORD": "p@:/w"}, "redis://:p%40%3A%2Fw@redis.example:6379/0"),
        ({"REDIS_HOST": "::1"}, "redis://[::1]:6379/0"),
    ],
    ids=["port", "password", "IPv6"],
)
def test_the_configured_redis_is_one_address(
    load: Load, redis: dict[str, str], address: str
) -> None:
    settings = load(**PRODUCTION | {"REDIS_HOST": "redis.example"} | redis)

    assert settings.redis_address is not None
    assert settings.redis_address.get_secret_value() == address


def test_the_prefix_in_redis_is_secret_and_the_same_for_the_same_key(load: Load) -> None:
    prefix = load(**PRODUCTION).redis_prefix.get_secret_value()

    assert load(**PRODUCTION | {"PORT": "8001"}).redis_prefix.get_secret_value() == prefix
    assert load(**PRODUCTION | {"SECRET_KEY": "other"}).redis_prefix.get_secret_value() != prefix
    assert len(prefix) > 32
    assert PRODUCTION["SECRET_KEY"] not in prefix


def test_a_configured_prefix_is_used_as_it_is(load: Load) -> None:
    settings = load(CURATOR_REDIS_PREFIX="hidden:")

    assert settings.redis_prefix.get_secret_value() == "hidden:"


def test_missing_keys_are_made_kept_and_mentioned_once(load: Load, tmp_path: Path) -> None:
    first, second = load(), load()

    assert [notice.split()[0] for notice in first.notices] == ["SECRET_KEY", "TOKEN_ENCRYPTION_KEY"]
    assert all(str(tmp_path) in notice for notice in first.notices)
    assert second.notices == ()
    assert (second.secret_key, second.token_keys) == (first.secret_key, first.token_keys)
    FernetVault([key.get_secret_value() for key in first.token_keys])


def test_kept_keys_are_for_their_owner_alone(load: Load, tmp_path: Path) -> None:
    load(CURATOR_DATA_DIR=str(tmp_path / "data"))

    kept = [tmp_path / "data", *(tmp_path / "data").iterdir()]
    assert len(kept) == 3
    assert not any(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) for path in kept)


def test_processes_that_start_at_once_make_the_same_keys(load: Load) -> None:
    with ThreadPoolExecutor(8) as threads:
        loaded = list(threads.map(lambda _: load(), range(32)))

    assert len({settings.secret_key for settings in loaded}) == 1
    assert len({settings.token_keys for settings in loaded}) == 1
    assert sum(len(settings.notices) for settings in loaded) == 2


def test_several_token_keys_keep_their_order(load: Load) -> None:
    keys = [Fernet.generate_key().decode() for _ in range(3)]

    settings = load(TOKEN_ENCRYPTION_KEY=f"{keys[0]}, {keys[1]},{keys[2]},")

    assert [key.get_secret_value() for key in settings.token_keys] == keys


def test_a_worker_stays_as_long_as_it_is_let_and_works_in_threads(load: Load) -> None:
    settings = load()
    assert (settings.worker_pool, settings.worker_concurrency) == ("threads", 2)
    assert (settings.tasks_per_worker, settings.worker_idle_minutes) == (None, 0)

    told = load(
        CURATOR_WORKER_POOL="prefork", CELERY_TASKS_PER_WORKER="50", CELERY_MAXIMUM_WAIT_TIME="5"
    )
    assert (told.worker_pool, told.tasks_per_worker, told.worker_idle_minutes) == ("prefork", 50, 5)


def test_numbers_reach_the_policy(load: Load) -> None:
    policy = load(
        CURATOR_CHUNK_SIZE="1048576",
        CURATOR_USER_CONCURRENCY="3",
        CURATOR_LEASE_SECONDS="5",
        CURATOR_LEAD_SECONDS="0",
        RATE_LIMIT_DEFAULT_NORMAL="8",
        RATE_LIMIT_DEFAULT_PERIOD="120",
    ).policy

    assert policy == Policy(
        chunk_size=1_048_576,
        user_concurrency=3,
        lease=timedelta(seconds=5),
        lead=timedelta(0),
        default_pace=Pace.of(8, 120),
    )


def test_other_addresses_take_the_place_of_the_defaults(load: Load) -> None:
    settings = load(
        CURATOR_WIKI_URL="https://test.example/w/",
        CURATOR_MAPILLARY_URL="http://127.0.0.1:9/graph/",
        CURATOR_SANDBOX_PORT="8099",
    )

    assert settings.wiki_url == "https://test.example/w"
    assert settings.mapillary_url == "http://127.0.0.1:9/graph"
    assert settings.sandbox_url == "http://127.0.0.1:8099"


def test_lists_are_separated_by_commas(load: Load) -> None:
    settings = load(
        CURATOR_ADMINS="Ann Example, Bob",
        X_USERNAME="Cleo",
        CURATOR_DOWNLOAD_HOSTS="127.0.0.1, *.example.org ,",
        CURATOR_ALLOWED_ORIGINS="https://a.example/,http://localhost:5173",
    )

    assert settings.admins == {"Ann Example", "Bob", "Cleo"}
    assert settings.download_hosts == ("127.0.0.1", "*.example.org")
    assert settings.allowed_origins == ("https://a.example", "http://localhost:5173")


@pytest.mark.parametrize(
    ("env", "contact"),
    [
        ({"CURATOR_CONTACT": "me@example.org"}, "me@example.org"),
        ({"X_USERNAME": "Ünal B"}, "https://commons.wikimedia.org/wiki/User_talk:%C3%9Cnal%20B"),
        ({}, "no contact given"),
    ],
)
def test_the_user_agent_says_who_asks(load: Load, env: dict[str, str], contact: str) -> None:
    said = re.fullmatch(r"Curator/\d[\w.]* \((.*)\) requests/\d[\w.]*", load(**env).user_agent)

    assert said is not None
    assert said[1] == contact


def test_a_deployment_without_contact_or_mapillary_token_is_told(load: Load) -> None:
    notices = load(**PRODUCTION).notices

    assert [notice.split()[0] for notice in notices] == ["CURATOR_CONTACT", "MAPILLARY_API_TOKEN"]
    whole = {"CURATOR_CONTACT": "me@example.org", "MAPILLARY_API_TOKEN": "MLY|1|2"}
    assert load(**PRODUCTION | whole).notices == ()


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("PORT=8001\nCURATOR_CONTACT=file@example.org\nUNKNOWN=1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORT", "8002")

    settings = Settings.load()

    assert (settings.port, settings.contact) == (8002, "file@example.org")


def test_no_secret_shows_in_a_repr(load: Load) -> None:
    secrets = {
        "TOOL_TOOLSDB_PASSWORD": "hidden-1",
        "REDIS_PASSWORD": "hidden-2",
        "SECRET_KEY": "hidden-3",
        "CURATOR_OAUTH1_SECRET": "hidden-4",
        "MAPILLARY_API_TOKEN": "hidden-5",
        "CURATOR_REDIS_PREFIX": "hidden-6",
        "DB_URL": "mysql://u:hidden-7@h/d",
    }

    settings = load(**PRODUCTION | secrets)

    shown = (repr(settings), str(settings.redis_address), repr(settings.database_url))
    assert not any("hidden" in text or PRODUCTION["TOKEN_ENCRYPTION_KEY"] in text for text in shown)


def test_the_default_consumer_is_the_one_that_a_sandbox_accepts(load: Load, tmp_path: Path) -> None:
    settings, sandbox = load(), SandboxSettings(data_dir=tmp_path)

    assert settings.consumer_key == sandbox.consumer_key
    assert settings.consumer_secret.get_secret_value() == sandbox.consumer_secret


def test_machines_log_in_as_the_account_whose_token_is_configured(load: Load) -> None:
    settings = load(X_API_KEY="a key for machines", CURATOR_SERVICE_TOKEN="token-key:token-secret")
    assert settings.machine_key.get_secret_value() == "a key for machines"
    token = settings.service_token
    assert token is not None
    assert (token.key, token.secret) == ("token-key", "token-secret")
    assert load().service_token is None
    for secret in ("a key for machines", "token-secret"):
        assert secret not in repr(settings)


def test_an_interface_that_was_built_is_served_from_its_folder(load: Load, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("here")
    assert load(CURATOR_FRONTEND_DIR=str(tmp_path)).frontend_dir == tmp_path
    assert load().frontend_dir is None
    assert load(CURATOR_CONTENT_POLICY="default-src 'self'").content_policy == "default-src 'self'"


def test_history_is_kept_as_long_as_the_operator_says(load: Load) -> None:
    assert load().policy.history_days == 90
    assert load(CURATOR_HISTORY_DAYS="7").policy.history_days == 7
