"""Edit summaries: what a history page says of Curator's edits."""

from __future__ import annotations

from curator_core.domain.ids import BatchId, EditGroupId

MAX_CHARACTERS = 490
"""MediaWiki keeps 500 characters of a summary and cuts the rest."""


def edit_summary(credit: str, batch_id: BatchId, edit_group_id: EditGroupId | None) -> str:
    """Names the source with the image's id, and the batch; ends with the link to its edit group,
    which EditGroups finds by this very form."""
    told = f"{credit}, Curator batch {batch_id}"
    if edit_group_id is None:
        return told[:MAX_CHARACTERS]
    link = f" ([[:toolforge:editgroups-commons/b/curator/{edit_group_id}|details]])"
    return told[: MAX_CHARACTERS - len(link)] + link
