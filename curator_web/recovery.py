"""At the start: what a Redis that lost everything forgot gets its place again."""

from __future__ import annotations

import anyio
import structlog
from anyio import CapacityLimiter, to_thread

from curator_core.domain.errors import ServiceDown
from curator_core.use_cases.recover_queue import Recovered, RecoverQueue
from curator_core.use_cases.sessions import SessionState

log = structlog.get_logger("curator.web")


class Recovery:
    """Looks once whether Redis forgot, and recovers; again every `every` seconds while a service
    that it takes is away. Workers look from then on."""

    def __init__(self, recover: RecoverQueue, every: float) -> None:
        self._recover = recover
        self._every = every
        # Whoever waits for a thread of the common ones is not to wait for the wiki.
        self._thread = CapacityLimiter(1)

    async def run(self) -> None:
        """Returns once it has looked, or when it is cancelled."""
        told = False
        while True:
            try:
                recovered = await to_thread.run_sync(
                    self._recover.if_redis_forgot, abandon_on_cancel=True, limiter=self._thread
                )
            except ServiceDown as down:
                if not told:
                    told = True
                    log.warning("queue not recovered", service=down.service, reason=down.detail)
                await anyio.sleep(self._every)
            except Exception:
                # The web serves all the same, and a worker tries again.
                log.exception("queue not recovered")
                return
            else:
                if recovered is not None:
                    _tell(recovered)
                return


def _tell(recovered: Recovered) -> None:
    log.info("queue recovered, since Redis had lost it", groups=len(recovered.groups))
    for each in recovered.groups:
        checked = each.state is not SessionState.UNKNOWN
        tell = log.info if checked else log.warning
        tell(
            "waiting uploads checked" if checked else "waiting uploads could not be checked",
            user_id=each.group.user_id,
            edit_group=each.group.edit_group_id,
            count=each.group.count,
            session=each.state.value,
            reason=each.reason,
        )
