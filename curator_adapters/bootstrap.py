"""The one place where an adapter is chosen for each of the core's ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from celery import Celery

from curator_adapters.downloads.disk_share import DiskShare
from curator_adapters.downloads.downloader import Downloader
from curator_adapters.mediawiki.authentication import Consumer
from curator_adapters.mediawiki.login import MediaWikiLogin
from curator_adapters.mediawiki.wiki import MediaWikis
from curator_adapters.queue.celery_app import make_celery
from curator_adapters.queue.upload_queue import CeleryQueue
from curator_adapters.redis.connection import connect as connect_redis
from curator_adapters.redis.embedded import embedded_redis
from curator_adapters.redis.locks import RedisLocks
from curator_adapters.redis.meter import RedisMeter
from curator_adapters.redis.progress import RedisProgress
from curator_adapters.redis.recovery_mark import RedisRecoveryMark
from curator_adapters.redis.slots import RedisSlots
from curator_adapters.settings.settings import Settings
from curator_adapters.sources.mapillary.source import Mapillary
from curator_adapters.sources.registry import SourceRegistry
from curator_adapters.sql.engine import make_engine
from curator_adapters.sql.migrate import is_behind, upgrade
from curator_adapters.sql.reports import SqlReports
from curator_adapters.sql.unit_of_work import SqlBegin
from curator_adapters.system import SystemChance, SystemClock, ThreadHeartbeat
from curator_adapters.token_vault import FernetVault
from curator_core.application import Ports
from curator_core.domain.errors import ServiceDown


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """All ports on real adapters, and Celery itself for the shell that runs workers.

    `let_go` closes the connections to the database that nobody uses right now: none may be open
    where a process forks.
    """

    ports: Ports
    celery: Celery
    let_go: Callable[[], None]


@contextmanager
def connected(settings: Settings) -> Iterator[Connected]:
    """Everything outside, as `settings` name it, until the block ends.

    Where no Redis is configured an embedded one is started or joined; nothing else is asked yet,
    so that what is down is told by whoever needs it. Raises `ServiceDown` where the embedded
    Redis cannot be started.
    """
    with ExitStack() as kept:
        address = settings.redis_address
        redis_address = (
            address.get_secret_value()
            if address is not None
            else kept.enter_context(embedded_redis(settings.data_dir))
        )
        prefix = settings.redis_prefix.get_secret_value()
        redis = kept.enter_context(closing(connect_redis(redis_address, prefix)))
        meter = kept.enter_context(closing(RedisMeter(redis)))
        engine = make_engine(settings.database_url.get_secret_value())
        kept.callback(engine.dispose)
        celery = kept.enter_context(closing(make_celery(redis_address, prefix)))
        consumer = Consumer(
            key=settings.consumer_key, secret=settings.consumer_secret.get_secret_value()
        )
        yield Connected(
            celery=celery,
            let_go=engine.dispose,
            ports=Ports(
                begin=SqlBegin(engine),
                reports=SqlReports(engine),
                locks=RedisLocks(redis),
                slots=RedisSlots(redis),
                recovery_mark=RedisRecoveryMark(redis),
                queue=CeleryQueue(celery),
                progress=RedisProgress(redis),
                meter=meter,
                vault=FernetVault([key.get_secret_value() for key in settings.token_keys]),
                wikis=MediaWikis(settings.wiki_url, consumer, settings.user_agent, meter=meter),
                login=MediaWikiLogin(settings.wiki_url, consumer, settings.user_agent, meter=meter),
                sources=SourceRegistry([_mapillary(settings)]),
                downloads=Downloader(
                    user_agent=settings.user_agent,
                    allowed_hosts=_allowed_hosts(settings),
                    share=DiskShare(settings.disk_bytes),
                ),
                clock=SystemClock(),
                chance=SystemChance(),
                heartbeat=ThreadHeartbeat(),
            ),
        )


def migrate(settings: Settings) -> None:
    """Brings the database to this release's schema. Raises `ServiceDown`."""
    engine = make_engine(settings.database_url.get_secret_value())
    try:
        upgrade(engine, policy=settings.policy)
    finally:
        engine.dispose()


def require_schema(settings: Settings) -> None:
    """Raises `ServiceDown` where the database was not brought to this release's schema yet."""
    engine = make_engine(settings.database_url.get_secret_value())
    try:
        if is_behind(engine):
            raise ServiceDown("database", "it is not prepared yet: run `curator db upgrade`.")
    finally:
        engine.dispose()


def _mapillary(settings: Settings) -> Mapillary:
    token = settings.mapillary_token.get_secret_value()
    return Mapillary(
        token=token or None, user_agent=settings.user_agent, root=settings.mapillary_url
    )


def _allowed_hosts(settings: Settings) -> tuple[str, ...]:
    # Outside production pictures come from the sandbox, whose loopback address is otherwise
    # forbidden.
    if settings.production:
        return settings.download_hosts
    return (*settings.download_hosts, settings.sandbox_url.removeprefix("http://"))
