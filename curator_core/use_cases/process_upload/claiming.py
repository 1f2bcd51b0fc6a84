"""Taking an upload on: one atomic claim, and all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.catalogue import OPERATOR_FIRST
from curator_core.domain.ids import UploadId
from curator_core.domain.outcome import Failure
from curator_core.domain.policy import Policy
from curator_core.domain.upload import Lease, Upload
from curator_core.ports.clock import Chance, Clock
from curator_core.ports.progress import Progress
from curator_core.ports.work import Begin
from curator_core.use_cases.process_upload.at_gates import AtGates
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.process_upload.in_doubt import with_doubt
from curator_core.use_cases.states import state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Claiming:
    """- Only a claim starts work: a doubled message finds nothing to claim.
    - An upload whose workers fell silent too often, without getting it any further, is stopped
      and says so; one that they may have published says that too.
    """

    begin: Begin
    progress: Progress
    clock: Clock
    chance: Chance
    policy: Policy

    def __call__(self, upload_id: UploadId) -> Attempt | None:
        """None where there is nothing to do. Raises `ServiceDown`."""
        token = self.chance.lease_token()
        with self.begin() as work:
            upload = work.uploads.claim(
                upload_id, token, self.policy.lease, self.policy.user_concurrency
            )
            if upload is None or upload.lease is None:
                return None
            user = work.users.get(upload.user_id)
            batch = work.batches.get(upload.batch_id)
            probes = work.gates.probed_by(upload_id)
        attempt = Attempt(
            upload=upload,
            lease=Lease(token=token, until=upload.lease.until),
            username=user.username if user else "",
            edit_group_id=batch.edit_group_id if batch else None,
            gates=AtGates(self.begin, probes),
            begin=self.begin,
            progress=self.progress,
            clock=self.clock,
            policy=self.policy,
        )
        if upload.attempts > self.policy.max_attempts:
            attempt.fail(_poison(upload, self.policy.max_attempts))
            return None
        self.progress.announce([state_of(upload)])
        return attempt


def _poison(upload: Upload, attempts: int) -> Failure:
    told = f"Curator stopped in the middle of this upload {attempts} times and gave it up."
    failure = Failure(message=told, code="poison", hint=OPERATOR_FIRST, retryable=True)
    # Only a worker could ask the wiki, and that is what stopped it.
    return with_doubt(upload, failure)
