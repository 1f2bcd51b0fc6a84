"""What is due in a database in memory, and what waits behind something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from curator_core.domain.breaker import Gate, GateName, Scope
from curator_core.domain.ids import UploadId, UserId
from curator_core.domain.upload import Upload, UploadStatus
from tests.fakes.work_tables import Tables


@dataclass(frozen=True, slots=True)
class Due:
    """The tables at one moment."""

    tables: Tables
    now: datetime

    def is_due(self, upload: Upload) -> bool:
        """Whether it waits for nothing but a worker."""
        if upload.status is not UploadStatus.QUEUED or upload.not_before is None:
            return False
        is_paused = self.tables.batches[upload.batch_id].paused and upload.stop is None
        return upload.not_before <= self.now and not is_paused

    def bar(self, upload: Upload) -> bool:
        """Whether it waits behind a gate."""
        return any(gate.bars(upload.id, upload.user_id, upload.handler) for gate in self.closed())

    def closed(self) -> list[Gate]:
        """The gates that are closed, by name."""
        gates = (stored.gate for _, stored in sorted(self.tables.gates.items()))
        return [gate for gate in gates if gate.closed_at is not None]

    def by_turns(self, user_concurrency: int) -> list[UploadId]:
        """What may be sent: everybody's first, everybody's second, and so on."""
        gates = self.closed()
        under_way = Counter(
            upload.user_id
            for upload in self.tables.uploads.values()
            if upload.status is UploadStatus.IN_PROGRESS or self._is_sent(upload)
        )
        turns: Counter[UserId] = Counter()
        rounds = []
        for upload in self._unsent():
            if any(gate.concerns(upload.user_id, upload.handler) for gate in gates):
                continue
            if under_way[upload.user_id] + turns[upload.user_id] < user_concurrency:
                rounds.append((turns[upload.user_id], upload.not_before or self.now, upload.id))
                turns[upload.user_id] += 1
        return [upload_id for _, _, upload_id in sorted(rounds)]

    def probes(self) -> tuple[list[list[GateName]], frozenset[GateName]]:
        """The gates that want to be probed, together with those that one upload probes for all;
        and all that a probe may go through."""
        closed = self.closed()
        ready = [gate for gate in closed if self._comes_next(gate)]
        of_all = [gate for gate in closed if gate.scope is Scope.EVERYBODY]
        names = [gate.name for gate in ready]
        if not of_all:
            return [[name] for name in names], frozenset(names)
        if not set(ready) & set(of_all) or any(self._is_at_work(gate) for gate in of_all):
            return [], frozenset()
        together = [gate.name for gate in of_all]
        return [together], frozenset([*together, *names])

    def prober(
        self, of: Collection[GateName], past: Collection[GateName]
    ) -> tuple[UploadId, list[GateName]] | None:
        """The first upload that waits behind one of `of`, and behind nothing that is not among
        `past`; and all that it waits behind."""
        gates = self.closed()
        for upload in self._unsent():
            behind = [gate.name for gate in gates if gate.concerns(upload.user_id, upload.handler)]
            if set(behind) & set(of) and set(behind) <= set(past):
                return upload.id, behind
        return None

    def _comes_next(self, gate: Gate) -> bool:
        has_come = gate.probe_at is not None and gate.probe_at <= self.now
        return has_come and not self._is_at_work(gate)

    def _is_at_work(self, gate: Gate) -> bool:
        """Whether somebody probes it who is alive."""
        prober = self.tables.uploads.get(gate.probing) if gate.probing else None
        return prober is not None and prober.lease is not None and prober.lease.until > self.now

    def _unsent(self) -> list[Upload]:
        waiting = (
            upload
            for upload in self.tables.uploads.values()
            if self.is_due(upload) and not self._is_sent(upload)
        )
        return sorted(waiting, key=lambda each: (each.not_before or self.now, each.id))

    def _is_sent(self, upload: Upload) -> bool:
        until = self.tables.sent_until.get(upload.id)
        return upload.status is UploadStatus.QUEUED and until is not None and until > self.now
