"""A fake wiki's pages."""

from __future__ import annotations

import re

from curator_core.domain.fault import FaultKind
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.pages import Members, PageText
from tests.fakes.wiki_state import FakeWiki, fault

_CATEGORY = re.compile(r"\[\[(Category:[^]|]+)(?:\|([^]]*))?]]")


class FakePages:
    """Notes refreshed titles in `FakeWiki.refreshed`; texts are in `FakeWiki.texts`, those of
    files that nobody edited with the files."""

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def refresh(self, title: Title) -> None:
        wiki = self._wiki
        with wiki.request(self._token, "refresh", title.text) as name:
            if title.text not in wiki.files:
                raise fault(FaultKind.STORAGE, "purge", "There is no such page.")
            wiki.spend(name, "purge")
            wiki.spend(name, "linkpurge")
            wiki.refreshed.append(title.text)

    def touch(self, title: Title) -> None:
        wiki = self._wiki
        with wiki.request(self._token, "touch", title.text) as name:
            if title.text not in wiki.files:
                raise fault(FaultKind.STORAGE, "missingtitle", "There is no such page.")
            self._spend_edit(name)
            wiki.refreshed.append(title.text)

    def read(self, page: str) -> PageText | None:
        with self._wiki.request(self._token, "read_page", page):
            return self._text(page)

    def save(self, page: str, text: str, summary: str, base: PageText | None) -> bool:
        wiki = self._wiki
        with wiki.request(self._token, "save", page) as name:
            present = self._text(page)
            if base is None and present is not None:
                return False
            if base is not None and present is None:
                raise fault(FaultKind.REFUSED, "missingtitle", "There is no such page.")
            self._spend_edit(name)
            if present is not None and present.text == text:
                return True
            if base != present:
                raise fault(FaultKind.EDIT_CONFLICT, "editconflict", "Edit conflict.")
            wiki.texts[page] = PageText(text=text.rstrip(), revision=int(wiki.new_name(), 16))
            wiki.summaries[page] = summary
            return True

    def members(self, category: str, after: str = "", at_most: int = 500) -> Members:
        with self._wiki.request(self._token, "members", category):
            found = [
                (key or page.partition(":")[2] or page, page)
                for page, text in self._texts().items()
                for name, key in _CATEGORY.findall(text.text)
                if name == category
            ]
            pages = [page for _, page in sorted(found)]
            start = int(after or 0)
            end = start + at_most
            return Members(pages=tuple(pages[start:end]), more=str(end) if end < len(pages) else "")

    def _spend_edit(self, name: str) -> None:
        self._wiki.spend(name, "edit")
        self._wiki.spend(name, "edit")

    def _text(self, page: str) -> PageText | None:
        return self._texts().get(page)

    def _texts(self) -> dict[str, PageText]:
        files = {
            f"File:{title}": PageText(text=versions[0].wikitext, revision=0)
            for title, versions in self._wiki.files.items()
        }
        return {**files, **self._wiki.texts}
