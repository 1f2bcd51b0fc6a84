"""Two gates that every API call passes: before it is carried out, and before it is answered."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal, Protocol

from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.errors import Json


@dataclass(slots=True, kw_only=True)
class Fault:
    """Something that goes wrong on request, `times` times.

    - `kind`: which calls it meets, as `Call.kind` names them; empty for all.
    - `title`: which title, as the request writes it; empty for all.
    - `when`: `before` the call has an effect, or `after` it had it.
    - `seconds`: how long the call waits here first.
    - `status`, `answer`: what is answered instead; a `status` of 0 and no `answer` lets the call
      go on.
    - `headers`: sent with it.
    - `is_cut`: the connection ends in the middle of the answer.
    """

    kind: str = ""
    title: str = ""
    when: Literal["before", "after"] = "before"
    times: int = 1
    seconds: float = 0.0
    status: int = 0
    answer: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False

    def meets(self, call: Call, when: str) -> bool:
        return (
            self.times > 0
            and self.when == when
            and self.kind in ("", call.kind)
            and (not self.title or self.title in call.titles)
        )

    @property
    def replaces_the_answer(self) -> bool:
        return bool(self.status or self.answer or self.is_cut)


class Interrupted(Exception):
    """A fault took the place of the call's own answer."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind)
        self.fault = fault


class Strikes(Protocol):
    """Decides by itself which calls meet a fault, and which."""

    def strike(self, call: Call, when: Literal["before", "after"]) -> Fault | None: ...


class Passages:
    """Where faults meet calls: those that were asked for, then those of `chance`."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self.chance: Strikes | None = None

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()
        self.chance = None

    def waiting(self) -> list[Fault]:
        """Faults that have not met all their calls yet."""
        return [fault for fault in self._faults if fault.times > 0]

    async def before(self, call: Call) -> None:
        """The call is understood and has had no effect."""
        await self._meet(call, "before")

    async def after(self, call: Call) -> None:
        """The call had its effect and is about to be told of it."""
        await self._meet(call, "after")

    async def _meet(self, call: Call, when: Literal["before", "after"]) -> None:
        fault = next((one for one in self._faults if one.meets(call, when)), None)
        if fault is not None:
            fault.times -= 1
        elif self.chance is not None:
            fault = self.chance.strike(call, when)
        if fault is None:
            return
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.replaces_the_answer:
            raise Interrupted(fault)
