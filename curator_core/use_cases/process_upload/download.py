"""Brings the picture here and makes sure that it is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from curator_core.domain.breaker import Evidence
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.file_type import media_type_of
from curator_core.domain.retry import Step
from curator_core.domain.title import Title
from curator_core.ports.downloads import Downloads, LocalFile
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.persistence import Exhausted, Persistence
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.process_upload.material import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """- The file is not larger than the wiki allows.
    - What comes is what the title's extension promises.
    - Other bytes than an earlier attempt had mean that the stash is abandoned.
    """

    downloads: Downloads
    persistence: Persistence

    @contextmanager
    def file(
        self, attempt: Attempt, wiki: Wiki, title: Title, material: Material
    ) -> Iterator[LocalFile]:
        """The picture on disk until the block ends. Raises `Exhausted`."""
        largest = self.persistence.attempt(Step.REQUEST, wiki.files.max_size)
        with ExitStack() as kept:
            file = self.persistence.attempt(
                Step.DOWNLOAD,
                lambda: kept.enter_context(
                    self.downloads.fetch(
                        material.address, material.hosts, largest, attempt.advanced
                    )
                ),
            )
            attempt.proved(Evidence.DELIVERED)
            _refuse_other_types(title, file)
            attempt.save(attempt.checkpoint.downloaded(file.sha1, file.size))
            yield file


def _refuse_other_types(title: Title, file: LocalFile) -> None:
    found = media_type_of(file.head)
    if found != title.media_type:
        fault = Fault(
            kind=FaultKind.NOT_AN_IMAGE,
            info=f"{title} should be {title.media_type}, "
            f"but it is {found or 'of no type that we know'}",
        )
        raise Exhausted.at_once(Step.DOWNLOAD, fault)
