"""A web process on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from curator_adapters.sql.engine import make_engine
from curator_adapters.sql.reports import SqlReports
from curator_adapters.sql.unit_of_work import SqlBegin
from curator_core.application import Ports
from tests.web.house import Client, WebHouse, connected, serving


class DatabaseHouse(WebHouse):
    """A house whose uploads are in a database; two on the same one share nothing else."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        super().__init__()

    def _ports(self) -> Ports:
        ports = super()._ports()
        return replace(ports, begin=SqlBegin(self._engine), reports=SqlReports(self._engine))


@dataclass(frozen=True, slots=True)
class Webs:
    """Several processes on one database: a house and the port of its server each."""

    served: tuple[tuple[DatabaseHouse, int], ...]

    @contextmanager
    def socket(self, number: int, name: str = "Ada") -> Iterator[Client]:
        """A connection to one of them."""
        house, port = self.served[number]
        with connected(house, port, name) as client:
            yield client


@contextmanager
def webs(address: str, count: int) -> Iterator[Webs]:
    """So many on the database at `address`, which is migrated."""
    with ExitStack() as kept:
        served = []
        for _ in range(count):
            engine = make_engine(address)
            kept.callback(engine.dispose)
            house = DatabaseHouse(engine)
            port, _server = kept.enter_context(serving(house.web))
            served.append((house, port))
        yield Webs(tuple(served))
