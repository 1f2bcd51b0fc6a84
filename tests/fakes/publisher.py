"""Publishing on a fake wiki."""

from __future__ import annotations

from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import FileKey, Sha1
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.publisher import Pending, Published, Warned
from tests.fakes.stash import sha1_of
from tests.fakes.wiki_records import FakeVersion
from tests.fakes.wiki_state import FakeWiki, fault


class FakePublisher:
    """Moves a stashed file to `FakeWiki.files`, whole.

    As MediaWiki does, it looks for warnings first and writes then: of requests that meet, those
    within one second for one name conflict, the others all succeed.
    """

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def publish(
        self, title: Title, key: FileKey, wikitext: str, summary: str, size: int
    ) -> Published | Warned | Pending:
        wiki = self._wiki
        with wiki.request(self._token, "publish", title.text) as name:
            stashed = wiki.stashed(key, name)
            if stashed is None:
                raise fault(FaultKind.STASH_GONE, "uploadstash-file-not-found", f'Key "{key}"')
            if size >= wiki.background_from and wiki.jobs.is_under_way(key):
                return Pending()
            wiki.spend(name, "upload")
            wiki.spend(name, "edit")
            reason = wiki.blacklisted(title)
            if reason is not None:
                raise fault(FaultKind.PAGE_REFUSED, "titleblacklist-forbidden-edit", reason)

            def written() -> Published:
                version = FakeVersion(
                    data=bytes(stashed.data),
                    uploader=name,
                    uploaded_at=wiki.now(),
                    wikitext=wikitext,
                    summary=summary,
                )
                wiki.files.setdefault(title.text, []).append(version)
                wiki.stash.pop(key, None)
                return self._published(title)

            def written_later() -> Published:
                if title.text in wiki.titles_with(sha1):
                    words = "The upload is an exact duplicate of the current version"
                    raise fault(FaultKind.NO_CHANGE, "stashfailed", words)
                return written()

            sha1 = sha1_of(stashed)
            warning = wiki.warn_next.pop(0) if wiki.warn_next else None
            warning = warning or self._warning(title.text, sha1)
            if warning is not None:
                return warning
            if size < wiki.background_from:
                wiki.while_publishing()
                self._refuse_within_a_second(title)
                return written()
            wiki.jobs.begin(key, written_later)
            return Pending()

    def outcome(self, title: Title, key: FileKey) -> Published | Warned | Pending:
        with self._wiki.request(self._token, "outcome", title.text):
            jobs = self._wiki.jobs
            if jobs.is_under_way(key):
                return Pending()
            result = jobs.result(key)
            if isinstance(result, Published):
                return result
            raise fault(FaultKind.NO_RESULT, "missingresult", "No result in status data.")

    def _refuse_within_a_second(self, title: Title) -> None:
        versions = self._wiki.files.get(title.text)
        if versions and versions[-1].uploaded_at == self._wiki.now():
            words = f'The file "{title.page}" already exists.'
            raise fault(FaultKind.PUBLISH_CONFLICT, "backend-fail-alreadyexists", words)

    def _warning(self, title: str, sha1: Sha1) -> Warned | None:
        wiki = self._wiki
        same = wiki.titles_with(sha1)
        others: list[tuple[str, str]] = []
        if title in wiki.deleted and title not in wiki.files:
            others.append(("was-deleted", title))
        for name, versions in wiki.deleted.items():
            if any(version.sha1 == sha1 for version in versions):
                others.append(("duplicate-archive", name))
                break
        warning = Warned(
            duplicates=tuple(name for name in same if name != title),
            exists=title if title in wiki.files else None,
            no_change=title in same,
            respelled=wiki.respelled.get(title),
            others=tuple(others),
        )
        return None if warning == Warned() else warning

    def _published(self, title: Title) -> Published:
        file = self._wiki.wiki_file(title.text)
        if file is None:
            raise fault(FaultKind.UNFORESEEN)
        return Published(title=file.title, url=file.url, sha1=file.sha1, size=file.size)
