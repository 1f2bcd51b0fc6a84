"""What the wiki holds, by one query."""

from __future__ import annotations

from curator_adapters.mediawiki.accounts import USER_INFO, UserInfo
from curator_adapters.mediawiki.api import Api, Moment, Shape
from curator_adapters.mediawiki.wiki_facts import WikiFacts
from curator_core.domain.ids import Sha1
from curator_core.domain.title import Title
from curator_core.ports.files import Standing, WikiFile

_ABOUT_FILES = "sha1|size|user|timestamp|url"


class _Version(Shape):
    # The last three are left out of versions that an administrator hid.
    descriptionurl: str
    timestamp: Moment
    sha1: str = ""
    size: int = 0
    user: str = ""


class _Image(_Version):
    title: str


class _Page(Shape):
    title: str
    redirect: bool = False
    imagerepository: str = "local"
    imageinfo: tuple[_Version, ...] = ()


class _Tokens(Shape):
    csrftoken: str


class _Query(Shape):
    allimages: tuple[_Image, ...]
    pages: tuple[_Page, ...]
    tokens: _Tokens
    userinfo: UserInfo


class _Look(Shape):
    curtimestamp: Moment
    query: _Query


class _General(Shape):
    maxuploadsize: int


class _SiteQuery(Shape):
    general: _General


class _SiteInfo(Shape):
    query: _SiteQuery


class MediaWikiFiles:
    """`Files` by `list=allimages`, `prop=imageinfo` and what else one query can bring."""

    def __init__(self, api: Api, facts: WikiFacts) -> None:
        self._api = api
        self._facts = facts

    def look(self, sha1: Sha1, title: Title) -> Standing:
        answer = self._api.read(
            _Look,
            {
                "action": "query",
                "list": "allimages",
                "aisha1": sha1,
                "aiprop": _ABOUT_FILES,
                "ailimit": "50",
                "prop": "imageinfo|info",
                "iiprop": _ABOUT_FILES,
                "titles": title.page,
                "meta": "tokens|userinfo",
                **USER_INFO,
                "curtimestamp": "1",
            },
        )
        found = answer.query
        self._api.session.keep_token(found.tokens.csrftoken)
        return Standing(
            wiki_time=answer.curtimestamp,
            same_bytes=tuple(_wiki_file(image.title, image) for image in found.allimages),
            at_title=_at_title(found.pages),
            limits=found.userinfo.limits,
        )

    def max_size(self) -> int:
        return self._facts.max_size(self._ask_max_size)

    def _ask_max_size(self) -> int:
        asked = {"action": "query", "meta": "siteinfo", "siprop": "general"}
        return self._api.read(_SiteInfo, asked).query.general.maxuploadsize


def _at_title(pages: tuple[_Page, ...]) -> WikiFile | None:
    for page in pages:
        if page.imageinfo and page.imagerepository == "local":
            # Of a redirect, this describes the file that it leads to.
            return _wiki_file(page.title, page.imageinfo[0], is_redirect=page.redirect)
    return None


def _wiki_file(page_title: str, version: _Version, *, is_redirect: bool = False) -> WikiFile:
    return WikiFile(
        title=page_title.partition(":")[2],
        url=version.descriptionurl,
        sha1=Sha1(version.sha1),
        size=version.size,
        uploader=version.user,
        uploaded_at=version.timestamp,
        is_redirect=is_redirect,
    )
