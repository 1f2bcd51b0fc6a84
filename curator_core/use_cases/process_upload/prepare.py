"""Before anything is downloaded: may the title be used, and what is the picture?"""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.errors import Faulted
from curator_core.domain.outcome import Failure, FailureType
from curator_core.domain.retry import Step
from curator_core.domain.title import Title
from curator_core.domain.upload import Upload
from curator_core.ports.sources import Source
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.persistence import Persistence
from curator_core.use_cases.process_upload.material import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """- A blacklisted title ends the upload with the wiki's reason.
    - Where the blacklist cannot be asked the upload goes on: the wiki will check again.
    - The picture's metadata is read from its source; its statements are made of it.
    """

    persistence: Persistence

    def blacklisted(self, wiki: Wiki, title: Title) -> Failure | None:
        """Why the title cannot be used, or None."""
        try:
            reason = self.persistence.attempt(
                Step.REQUEST, lambda: wiki.titles.blacklist_reason(title)
            )
        except Faulted:
            return None
        if reason is None:
            return None
        return Failure(
            type=FailureType.TITLE_BLACKLISTED,
            message=reason,
            code="title_blacklisted",
            hint="Choose another title, then retry.",
            retryable=True,
        )

    def material(self, source: Source, upload: Upload) -> Material:
        """What the source knows of the picture. Raises `Exhausted`."""
        image = self.persistence.attempt(Step.DOWNLOAD, lambda: source.image(upload.image_id))
        return Material(
            address=image.addresses.original,
            hosts=source.hosts,
            statements=source.statements(image, copyright_override=upload.copyright_override),
            credit=source.credit(image),
        )
