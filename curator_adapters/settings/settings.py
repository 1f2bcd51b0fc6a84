"""Everything that an operator may set, as the shells use it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from pydantic import PrivateAttr, SecretStr, ValidationError
from pydantic_settings import PydanticBaseSettingsSource

from curator_adapters.settings import addresses, keys
from curator_adapters.settings.faults import sentences_of
from curator_adapters.settings.variables import NO_SECRET, Variables
from curator_core.domain.errors import Misconfigured
from curator_core.domain.pace import Pace
from curator_core.domain.policy import Policy
from curator_core.domain.user import AccessToken

_VARIABLES = {name: str(field.validation_alias) for name, field in Variables.model_fields.items()}

COMMONS = "https://commons.wikimedia.org/w"
MAPILLARY = "https://graph.mapillary.com"

# Known to everybody, and good for nothing but a sandbox: its own defaults.
SANDBOX_CONSUMER_KEY = "curator-sandbox-consumer"
SANDBOX_CONSUMER_SECRET = SecretStr("curator-sandbox-consumer-secret-on-loopback")
SANDBOX_MAPILLARY_TOKEN = SecretStr("curator-sandbox")


class Settings(Variables):
    """The configuration, read once by `load` and never changed.

    Secrets are `SecretStr`, so that nothing prints them by accident.
    """

    _notices: tuple[str, ...] = PrivateAttr(())

    @classmethod
    def load(cls, env: Mapping[str, str] | None = None) -> Settings:
        """From `env`, or from the environment and before it `.env` of the working directory.

        Outside production, keys that are missing are made and kept in the data directory. Raises
        `Misconfigured` with all faults at once.
        """
        try:
            loaded = cls() if env is None else _Given.model_validate(_filled(env))
        except ValidationError as error:
            # Without its cause, which shows the values.
            raise Misconfigured(sentences_of(error, _VARIABLES)) from None
        try:
            return loaded.with_kept_keys()
        except OSError as error:
            raise Misconfigured(
                (
                    f"CURATOR_DATA_DIR is {str(loaded.data_dir)!r}, where keys cannot be kept "
                    f"({error.strerror}): name a directory that can be written.",
                )
            ) from None

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for a shell to say at its start."""
        return self._notices

    @property
    def database_url(self) -> SecretStr:
        """SQLAlchemy's address of the database."""
        if self.db_url is not None:
            return self.db_url
        if self.toolsdb_user is not None:
            return addresses.toolsdb(self.toolsdb_user, self.toolsdb_password)
        return addresses.sqlite(str(self.data_dir.absolute() / "curator.db"))

    @property
    def redis_address(self) -> SecretStr | None:
        """Address of the configured Redis; None where an embedded one is to be used."""
        if self.redis_host is None:
            return None
        return addresses.redis(self.redis_host, self.redis_port, self.redis_password)

    @property
    def redis_prefix(self) -> SecretStr:
        """What every key, channel and queue begins with.

        Toolforge's Redis is shared by all tools without a password, so it has to be secret: made
        from `SECRET_KEY` where it is not set, so that all processes have the same.
        """
        if self.given_redis_prefix.get_secret_value():
            return self.given_redis_prefix
        key = self.secret_key.get_secret_value().encode()
        made = hmac.new(key, b"the prefix of Curator's keys in Redis", hashlib.sha256)
        return SecretStr(f"curator:{made.hexdigest()[:32]}:")

    @property
    def wiki_url(self) -> str:
        """The wiki's script path, without a slash at its end."""
        return self.given_wiki_url or (COMMONS if self.production else f"{self.sandbox_url}/w")

    @property
    def mapillary_url(self) -> str:
        """The root of Mapillary's Graph API, without a slash at its end."""
        if self.given_mapillary_url is not None:
            return self.given_mapillary_url
        return MAPILLARY if self.production else f"{self.sandbox_url}/mapillary"

    @property
    def sandbox_url(self) -> str:
        """Where a sandbox on this machine is served."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def host(self) -> str:
        """The address to listen on: outside production nobody else's business."""
        return self.host_to_bind or ("0.0.0.0" if self.production else "127.0.0.1")

    @property
    def consumer_key(self) -> str:
        """The OAuth consumer's key."""
        return self.oauth_key or SANDBOX_CONSUMER_KEY

    @property
    def consumer_secret(self) -> SecretStr:
        """The OAuth consumer's secret."""
        return self.oauth_secret if self.oauth_key else SANDBOX_CONSUMER_SECRET

    @property
    def service_token(self) -> AccessToken | None:
        """The access token of the account that machines log in as."""
        key, _, secret = self.given_service_token.get_secret_value().partition(":")
        return AccessToken(key=key, secret=secret) if secret else None

    @property
    def admins(self) -> frozenset[str]:
        """The user names of administrators."""
        return frozenset(self.named_admins) | ({self.username} if self.username else set())

    @property
    def user_agent(self) -> str:
        """For every request: who we are and where our operator is found."""
        contact = self.contact or (
            f"https://commons.wikimedia.org/wiki/User_talk:{quote(self.username)}"
            if self.username
            else "no contact given"
        )
        return f"Curator/{version('curator')} ({contact}) requests/{version('requests')}"

    @property
    def policy(self) -> Policy:
        """The numbers that the core goes by."""
        return Policy(
            lease=timedelta(seconds=self.lease_seconds),
            lead=timedelta(seconds=self.lead_seconds),
            chunk_size=self.chunk_size,
            user_concurrency=self.user_concurrency,
            default_pace=Pace.of(self.rate_hits, self.rate_seconds),
            history_days=self.history_days,
        )

    def with_kept_keys(self) -> Settings:
        """With the keys that are missing, made where they were not kept. Raises `OSError`."""
        update: dict[str, object] = {}
        notices = list(self._warnings())
        if self.secret_key == NO_SECRET:
            kept = keys.session_key(self.data_dir)
            update["secret_key"] = kept.value
            notices += _made("SECRET_KEY", kept)
        if not self.token_keys:
            kept = keys.token_key(self.data_dir)
            update["token_keys"] = (kept.value,)
            notices += _made("TOKEN_ENCRYPTION_KEY", kept)
        if self.mapillary_token == NO_SECRET and not self.production:
            update["mapillary_token"] = SANDBOX_MAPILLARY_TOKEN
        self._notices = tuple(notices)
        return self.model_copy(update=update)

    def _warnings(self) -> tuple[str, ...]:
        if not self.production:
            return ()
        missing = {
            "CURATOR_CONTACT": None
            if self.contact or self.username
            else "Wikimedia asks every "
            "client for a way to reach its operator: set it to an e-mail or web address.",
            "MAPILLARY_API_TOKEN": None
            if self.mapillary_token != NO_SECRET
            else "Nothing can be loaded from Mapillary without it.",
        }
        return tuple(f"{name} is not set. {why}" for name, why in missing.items() if why)


def _made(name: str, kept: keys.KeptKey) -> tuple[str, ...]:
    return (f"{name} is not set: made one and kept it in {kept.path}.",) if kept.is_new else ()


def _filled(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if value.strip()}


class _Given(Settings):
    """Settings from nothing but what they are given, by the variables' names."""

    @classmethod
    def settings_customise_sources(
        cls, *_: Any, **sources: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (sources["init_settings"],)
