"""Somebody looks through batches, uploads, users, presets or failures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from curator_core.domain.ids import BatchId, UserId
from curator_core.domain.preset import Preset
from curator_core.ports.reports import (
    BatchReport,
    FailedBatch,
    FailureFilter,
    FailureOrder,
    Listed,
    Page,
    Reports,
    Standing,
    UploadFilter,
    UploadReport,
    UserReport,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseLists:
    """- Batches anybody may see; whoever asks for the others for somebody else sees to it that
      only administrators do.
    - All raise `ServiceDown`.
    """

    reports: Reports

    def batches(
        self, page: Page, *, text: str | None = None, user_id: UserId | None = None
    ) -> Listed[BatchReport]:
        """Everybody's, or one user's."""
        return self.reports.batches(page, text=text, user_id=user_id)

    def batches_of(self, ids: Collection[BatchId]) -> tuple[BatchReport, ...]:
        """Those of `ids` that there are."""
        return self.reports.batches_of(ids)

    def users(self, page: Page, *, text: str | None = None) -> Listed[UserReport]:
        """Everybody who logged in."""
        return self.reports.users(page, text=text)

    def uploads(self, page: Page, which: UploadFilter) -> Listed[UploadReport]:
        """Of all batches."""
        return self.reports.all_uploads(page, which)

    def presets(self, page: Page, *, text: str | None = None) -> Listed[Preset]:
        """Everybody's."""
        return self.reports.presets(page, text=text)

    def failures(
        self, page: Page, which: FailureFilter, order: FailureOrder
    ) -> Listed[FailedBatch]:
        """By batch."""
        return self.reports.failures(page, which, order)

    def standing(self) -> Standing:
        """All uploads at a glance."""
        return self.reports.standing()
