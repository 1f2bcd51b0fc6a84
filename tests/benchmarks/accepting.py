"""How fast uploads are accepted, and what a slice costs the servers behind the web."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pymysql
from sqlalchemy import make_url

from curator_cli.demo.contributor import Conversation
from tests.benchmarks.house import Spoilt
from tests.benchmarks.rows import How, Measured
from tests.benchmarks.service import LIMITED, Message, Service, items, measured_service

_SLICES_COUNTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the servers were asked."""

    statements: int
    commands: int


def accepting(usual: int, size: int, bar: float) -> Callable[[How], Measured]:
    """The seconds from the first of so many uploads, in slices of `size` one after the other, to
    the last acknowledgement; and the most that one more slice costs."""

    def measure(how: How) -> Measured:
        count = how.uploads or usual
        more = _SLICES_COUNTED * size
        with measured_service(how.folder, count + more, durable=True) as service:
            service.start_web()
            wanted = items(service.photographs)
            with (
                service.contributor(LIMITED).connected() as talk,
                _counting(service) as asked_so_far,
            ):
                _accept(talk, wanted[-size:], size)  # session, limits and imports are there then
                before = asked_so_far()
                took = _accept(talk, wanted[:count], size)
                after = asked_so_far()
                slices = -(-count // size)
                how.tell(
                    f"each slice: {(after.statements - before.statements) / slices:.2f} statements,"
                    f" {(after.commands - before.commands) / slices:.2f} Redis commands"
                )
                worst = _worst(talk, wanted[count:], size, asked_so_far)
        return Measured(
            figure=f"{took:.1f} s; a slice: at most {worst.statements} statements, "
            f"{worst.commands} Redis commands",
            is_reached=took <= bar,
        )

    return measure


def _accept(talk: Conversation, wanted: list[Message], size: int) -> float:
    """Seconds."""
    batch = talk.create_batch()
    began = time.perf_counter()
    answers = talk.add(batch, wanted, size)
    took = time.perf_counter() - began
    if [each["status"] for each in answers] != ["queued"] * len(wanted):
        raise Spoilt("not everything was accepted")
    return took


def _worst(
    talk: Conversation, wanted: list[Message], size: int, asked_so_far: Callable[[], Asked]
) -> Asked:
    batch = talk.create_batch()
    costs = []
    for begin in range(0, len(wanted), size):
        before = asked_so_far()
        talk.add(batch, wanted[begin : begin + size], size, first=begin // size)
        after = asked_so_far()
        costs.append(
            Asked(
                statements=after.statements - before.statements,
                commands=after.commands - before.commands,
            )
        )
    return Asked(
        statements=max(each.statements for each in costs),
        commands=max(each.commands for each in costs),
    )


@contextmanager
def _counting(service: Service) -> Iterator[Callable[[], Asked]]:
    """What all clients asked of both servers so far, this counter's own questions left out."""
    url = make_url(service.house.environment["DB_URL"])
    own = 0
    with (
        service.redis.client() as redis,
        pymysql.connect(
            host=url.host or "",
            port=url.port or 0,
            user=url.username or "",
            password=url.password or "",
            ssl_disabled=True,
        ) as connection,
        connection.cursor() as cursor,
    ):

        def asked_so_far() -> Asked:
            nonlocal own
            own += 1
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
            ((_, questions),) = cursor.fetchall()
            calls = [told["calls"] for told in redis.info("commandstats").values()]
            return Asked(statements=int(questions) - own, commands=sum(calls) - own)

        yield asked_so_far
