"""What no port tells: the summary of a page's last edit."""

from __future__ import annotations

from curator_adapters.mediawiki.api import Api, Shape


class _Revision(Shape):
    comment: str


class _Page(Shape):
    revisions: tuple[_Revision, ...]


class _Query(Shape):
    pages: tuple[_Page, ...]


class _Answer(Shape):
    query: _Query


def last_summary(api: Api, page: str) -> str:
    """By `prop=revisions`."""
    asked = {"action": "query", "titles": page, "prop": "revisions", "rvprop": "comment"}
    return api.read(_Answer, asked).query.pages[0].revisions[0].comment
