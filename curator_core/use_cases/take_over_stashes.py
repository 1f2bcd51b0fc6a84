"""Copies of failed uploads go on with what their originals have sent."""

from __future__ import annotations

from collections.abc import Sequence

from curator_core.domain.upload import Upload
from curator_core.ports.work import Work


def take_over_stashes(work: Work, copies: Sequence[Upload]) -> tuple[Upload, ...]:
    """The copies as they are stored afterwards, in the same order; for the unit of work that
    added them.

    - Only who uploaded a file can go on with its stash: an administrator's retry of somebody
      else's upload sends it again.
    - Of several copies of one upload one gets the stash; the others send the file again, and find
      it on the wiki.
    """
    return tuple(work.uploads.take_over_stash(copy.id) or copy for copy in copies)
