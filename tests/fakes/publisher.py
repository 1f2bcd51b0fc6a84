"""Publishing on a fake wiki."""

from __future__ import annotations

from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import FileKey, Sha1
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.publisher import Published, Warned
from tests.fakes.wiki_records import FakeVersion
from tests.fakes.wiki_state import FakeWiki, fault


class FakePublisher:
    """Moves a stashed file to `FakeWiki.files`, at once and whole."""

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def publish(
        self, title: Title, key: FileKey, wikitext: str, summary: str, size: int
    ) -> Published | Warned:
        wiki = self._wiki
        with wiki.request(self._token, "publish", title.text) as name:
            stashed = wiki.stashed(key, name)
            if stashed is None:
                raise fault(FaultKind.STASH_GONE, "uploadstash-file-not-found", f'Key "{key}"')
            wiki.spend(name, "upload")
            wiki.spend(name, "edit")
            reason = wiki.blacklisted(title)
            if reason is not None:
                raise fault(FaultKind.REFUSED, "titleblacklist-forbidden-edit", reason)
            version = FakeVersion(
                data=bytes(stashed.data),
                uploader=name,
                uploaded_at=wiki.now(),
                wikitext=wikitext,
                summary=summary,
            )
            warning = self._warning(title.text, version.sha1)
            if warning is not None:
                return warning
            wiki.files.setdefault(title.text, []).append(version)
            del wiki.stash[key]
            return self._published(title)

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
            others=tuple(others),
        )
        return None if warning == Warned() else warning

    def _published(self, title: Title) -> Published:
        file = self._wiki.wiki_file(title.text)
        if file is None:
            raise fault(FaultKind.UNFORESEEN)
        return Published(title=file.title, url=file.url, sha1=file.sha1, size=file.size)
