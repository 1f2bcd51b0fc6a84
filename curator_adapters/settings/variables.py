"""The environment variables (SPEC §12), one field each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography.fernet import Fernet
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic import field_validator as validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from curator_adapters.settings import addresses

PRODUCTION_MARKS = ("toolsdb_user", "db_url", "redis_host", "oauth_key")
"""Any of these set means that Curator is in earnest (SPEC §9)."""

NO_SECRET = SecretStr("")


def _split(given: object) -> object:
    if isinstance(given, str):
        return tuple(part.strip() for part in given.split(",") if part.strip())
    return given


def _printable(given: str) -> str:
    # It stands in parentheses in a header.
    if not given.isascii() or not given.isprintable() or set("()") & set(given):
        raise ValueError("has to be plain ASCII without parentheses: an e-mail or web address.")
    return given


def _key_and_secret(given: SecretStr) -> SecretStr:
    key, colon, secret = given.get_secret_value().partition(":")
    if (colon and not (key and secret)) or (not colon and key):
        raise ValueError("has to be an access token's key and secret, with a colon between them.")
    return given


def _frontend(given: Path) -> Path:
    if not (given / "index.html").is_file():
        raise ValueError("has to be a folder with an index.html: a frontend that was built.")
    return given.resolve()


def _policy(given: str) -> str:
    # It is a header.
    if not given.isascii() or not given.isprintable():
        raise ValueError("has to be a content security policy: plain ASCII in one line.")
    return given


Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Origins = Annotated[
    tuple[Annotated[str, AfterValidator(addresses.origin)], ...], NoDecode, BeforeValidator(_split)
]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]
Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1)]
WebAddress = Annotated[str, AfterValidator(addresses.web)]


def _variable(name: str, default: Any = None) -> Any:
    return Field(default, validation_alias=name)


class Variables(BaseSettings):
    """What the environment says; an empty variable counts as not set."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        case_sensitive=True,
        extra="ignore",
        frozen=True,
        str_strip_whitespace=True,
        validate_default=True,
    )

    # First what tells production, which the others' checks look at.
    toolsdb_user: str | None = _variable("TOOL_TOOLSDB_USER")
    db_url: Annotated[SecretStr, AfterValidator(addresses.database)] | None = _variable("DB_URL")
    redis_host: Annotated[str, AfterValidator(addresses.host)] | None = _variable("REDIS_HOST")
    oauth_key: str | None = _variable("CURATOR_OAUTH1_KEY")

    toolsdb_password: SecretStr = _variable("TOOL_TOOLSDB_PASSWORD", NO_SECRET)
    redis_port: Port = _variable("REDIS_PORT", 6379)
    redis_password: SecretStr = _variable("REDIS_PASSWORD", NO_SECRET)
    given_redis_prefix: SecretStr = _variable("CURATOR_REDIS_PREFIX", NO_SECRET)
    oauth_secret: SecretStr = _variable("CURATOR_OAUTH1_SECRET", NO_SECRET)
    secret_key: SecretStr = _variable("SECRET_KEY", NO_SECRET)
    token_keys: Secrets = _variable("TOKEN_ENCRYPTION_KEY", ())
    data_dir: Path = _variable("CURATOR_DATA_DIR", Path(".curator"))

    given_wiki_url: Annotated[str, AfterValidator(addresses.script_path)] | None = _variable(
        "CURATOR_WIKI_URL"
    )
    given_mapillary_url: WebAddress | None = _variable("CURATOR_MAPILLARY_URL")
    mapillary_token: SecretStr = _variable("MAPILLARY_API_TOKEN", NO_SECRET)
    sandbox_port: Port = _variable("CURATOR_SANDBOX_PORT", 8010)
    contact: Annotated[str, AfterValidator(_printable)] | None = _variable("CURATOR_CONTACT")
    download_hosts: Texts = _variable("CURATOR_DOWNLOAD_HOSTS", ())

    host_to_bind: str | None = _variable("HOST")
    port: Port = _variable("PORT", 8000)
    allowed_origins: Origins = _variable("CURATOR_ALLOWED_ORIGINS", ())
    named_admins: Texts = _variable("CURATOR_ADMINS", ())
    username: str | None = _variable("X_USERNAME")
    machine_key: SecretStr = _variable("X_API_KEY", NO_SECRET)
    given_service_token: Annotated[SecretStr, AfterValidator(_key_and_secret)] = _variable(
        "CURATOR_SERVICE_TOKEN", NO_SECRET
    )
    frontend_dir: Annotated[Path, AfterValidator(_frontend)] | None = _variable(
        "CURATOR_FRONTEND_DIR"
    )
    content_policy: Annotated[str, AfterValidator(_policy)] | None = _variable(
        "CURATOR_CONTENT_POLICY"
    )
    migrate: bool = _variable("CURATOR_MIGRATE", True)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = _variable(
        "LOG_LEVEL", "INFO"
    )

    # The wiki refuses smaller chunks, and larger request bodies (`Policy`).
    chunk_size: Annotated[int, Field(ge=1024, le=99_000_000)] = _variable(
        "CURATOR_CHUNK_SIZE", 16 * 1024 * 1024
    )
    user_concurrency: Count = _variable("CURATOR_USER_CONCURRENCY", 2)
    disk_bytes: Annotated[int, Field(ge=1)] = _variable("CURATOR_DISK_BYTES", 2 * 1024**3)
    lease_seconds: Annotated[float, Field(ge=1, le=86_400)] = _variable("CURATOR_LEASE_SECONDS", 60)
    lead_seconds: Annotated[float, Field(ge=0, le=1800)] = _variable("CURATOR_LEAD_SECONDS", 5)
    dispatch_seconds: Annotated[float, Field(ge=0.05, le=3600)] = _variable(
        "CURATOR_DISPATCH_SECONDS", 1
    )
    history_days: Annotated[int, Field(ge=1, le=36_500)] = _variable("CURATOR_HISTORY_DAYS", 90)
    rate_hits: Count = _variable("RATE_LIMIT_DEFAULT_NORMAL", 4)
    rate_seconds: Annotated[float, Field(ge=1, le=86_400)] = _variable(
        "RATE_LIMIT_DEFAULT_PERIOD", 60
    )
    worker_concurrency: Count = _variable("CELERY_CONCURRENCY", 2)
    tasks_per_worker: Count | None = _variable("CELERY_TASKS_PER_WORKER")
    worker_idle_minutes: Annotated[float, Field(ge=0, le=525_600)] = _variable(
        "CELERY_MAXIMUM_WAIT_TIME", 0
    )
    worker_pool: Literal["threads", "prefork"] = _variable("CURATOR_WORKER_POOL", "threads")

    @property
    def production(self) -> bool:
        """Whether anything of a real deployment is configured."""
        return any(getattr(self, mark) is not None for mark in PRODUCTION_MARKS)

    @validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, given: object) -> object:
        return given.upper() if isinstance(given, str) else given

    @validator("toolsdb_password")
    @classmethod
    def _with_its_user(cls, given: SecretStr, info: ValidationInfo) -> SecretStr:
        has_other = info.data.get("db_url", True) is not None
        if info.data.get("toolsdb_user") and not given.get_secret_value() and not has_other:
            raise ValueError("is not set, but TOOL_TOOLSDB_USER is: set both, or DB_URL.")
        return given

    @validator("oauth_secret")
    @classmethod
    def _with_its_key(cls, given: SecretStr, info: ValidationInfo) -> SecretStr:
        is_set = (bool(given.get_secret_value()), info.data.get("oauth_key") is not None)
        if not all(is_set) and (any(is_set) or _in_production(info)):
            raise ValueError(
                "and CURATOR_OAUTH1_KEY have to be set, both: to the secret and key of your OAuth "
                "1.0a consumer on the wiki (Special:OAuthConsumerRegistration)."
            )
        return given

    @validator("secret_key")
    @classmethod
    def _for_sessions(cls, given: SecretStr, info: ValidationInfo) -> SecretStr:
        if not given.get_secret_value() and _in_production(info):
            raise ValueError(
                "is not set. It protects sessions: set it to a long random text, the same for web "
                "and workers, such as `openssl rand -base64 48` prints."
            )
        return given

    @validator("token_keys")
    @classmethod
    def _for_tokens(
        cls, given: tuple[SecretStr, ...], info: ValidationInfo
    ) -> tuple[SecretStr, ...]:
        if not given and _in_production(info):
            raise ValueError(
                "is not set. It encrypts access tokens: set it to 32 random bytes in urlsafe "
                "base64, such as `openssl rand -base64 32 | tr +/ -_` prints."
            )
        for number, key in enumerate(given, 1):
            try:
                Fernet(key.get_secret_value())
            except ValueError:
                raise ValueError(
                    f"holds a bad key, number {number} of {len(given)}: each has to be 32 bytes "
                    "in urlsafe base64."
                ) from None
        return given


def _in_production(info: ValidationInfo) -> bool:
    # One that is missing among the checked values was set, and wrong.
    return any(info.data.get(mark, mark) is not None for mark in PRODUCTION_MARKS)
