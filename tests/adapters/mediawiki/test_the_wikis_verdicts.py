"""What the sandbox and a real wiki say to names and files that no port lets through: the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from curator_adapters.mediawiki.address import WikiAddress
from curator_adapters.mediawiki.api import Api, Shape
from curator_adapters.mediawiki.file_slice import FileSlice
from curator_adapters.mediawiki.session import Timeouts, UserSession
from curator_core.domain.errors import Faulted
from curator_core.domain.title import IllegalTitle, Title
from tests.contracts.wiki_bench import PHOTOGRAPHER
from tests.pictures import FILE_TYPES, on_disk
from tests.real_wiki import RealWiki
from tests.sandbox import USER_AGENT, Sandbox

_NUMBERS = count(1)
_HTML = b"<!DOCTYPE html><html><head><title>x</title></head><body>" + b"x" * 2000
_SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


class _Upload(Shape):
    result: str
    warnings: dict[str, Any] = Field(default_factory=dict)


class _Answer(Shape):
    upload: _Upload


@dataclass(frozen=True, slots=True)
class OnTheWiki:
    """One user's API at either wiki."""

    api: Api
    version: tuple[int, int]

    def stash(self, name: str, data: bytes, folder: Path) -> tuple[str, str]:
        """Sends a whole file as one chunk, minding warnings; answers the result or the error's
        code, and the spelling that the wiki would rather have."""
        file = on_disk(folder, data)
        params = {"action": "upload", "stash": "1", "filename": name}
        params |= {"filesize": str(file.size), "offset": "0"}
        try:
            with FileSlice(file.path, 0, file.size) as chunk:
                upload = self.api.write(_Answer, params, chunk=chunk).upload
        except Faulted as faulted:
            return faulted.fault.code, ""
        assert set(upload.warnings) <= {"badfilename"}
        return upload.result, upload.warnings.get("badfilename", "")


@pytest.fixture(params=["sandbox", "mediawiki"])
def wiki(request: pytest.FixtureRequest) -> OnTheWiki:
    """A wiki on which nothing is wrong yet."""
    if request.param == "sandbox":
        sandbox: Sandbox = request.getfixturevalue("sandbox")
        proof = sandbox.consumer.prove(sandbox.grant(PHOTOGRAPHER))
        session = UserSession(proof, USER_AGENT, Timeouts())
        return OnTheWiki(Api(WikiAddress(sandbox.wiki_url), session), (1, 43))
    real: RealWiki = request.getfixturevalue("mediawiki")
    real.calm()
    return OnTheWiki(real.api(real.grant(PHOTOGRAPHER)), (1, 39))


# By what the captures `verify-name-…-on-stash` and their like are called.
NAMES: dict[str, tuple[str, str, str]] = {
    "240": ("M{:x>235}.jpg", "Success", ""),
    "too-long": ("L{:x>236}.jpg", "illegal-filename", ""),
    "unicode": ("Ünï — 日本 {}.jpg", "Success", ""),
    "uppercase-ext": ("Upper {}.JPEG", "Success", ""),
    "brackets": ("A[b] {}.jpg", "Warning", "A-b-_{}.jpg"),
    "colon": ("Ac:b {}.jpg", "Warning", "Ac-b_{}.jpg"),
    "slash": ("As/b {}.jpg", "Warning", "As-b_{}.jpg"),
    "hash": ("A#b {}.jpg", "Warning", "A-b_{}.jpg"),
    "double-space": ("Double  space_ {}.jpg", "Warning", "Double_space_{}.jpg"),
    "tilde": ("A~~~~b {}.jpg", "illegal-filename", ""),
    "percent": ("A%41b {}.jpg", "illegal-filename", ""),
    "html-entity": ("A&amp;b {}.jpg", "illegal-filename", ""),
    "only-ext": (".jpg", "illegal-filename", ""),
    "no-extension": ("X{}", "Warning", "X{}.jpeg"),
    "exe": ("X {}.exe", "illegal-filename", ""),
    "php-double-extension": ("X {}.php.jpg", "illegal-filename", ""),
    "unknown-extension": ("X {}.docx", "illegal-filename", ""),
}


@pytest.mark.parametrize("named", NAMES)
def test_a_name_is_taken_respelled_or_refused(wiki: OnTheWiki, tmp_path: Path, named: str) -> None:
    pattern, result, spelling = NAMES[named]
    number = next(_NUMBERS)

    answer = wiki.stash(pattern.format(number), FILE_TYPES["jpg"](), tmp_path)

    assert answer == (result, spelling.format(number))


# Which extensions may stand in the middle of a name, only the wiki knows.
ILLEGAL = [
    named
    for named, (_, result, _) in NAMES.items()
    if result == "illegal-filename" and named != "php-double-extension"
]


@pytest.mark.parametrize("named", ILLEGAL)
def test_what_the_wiki_refuses_our_own_check_refuses_first(named: str) -> None:
    with pytest.raises(IllegalTitle):
        Title.of(NAMES[named][0].format(1))


FILES: dict[str, tuple[str, bytes, str]] = {
    "jpeg-named-png": ("Jp {}.png", FILE_TYPES["jpg"](), "stashfailed"),
    "jpeg-named-tif": ("Jpt {}.tif", FILE_TYPES["jpg"](), "stashfailed"),
    "png-named-jpg": ("Mime {}.jpg", FILE_TYPES["png"](), "stashfailed"),
    "random-bytes-jpg": ("Rnd {}.jpg", bytes(range(1, 256)) * 9, "stashfailed"),
    "text-png": ("Txt {}.png", b"plain text " * 200, "stashfailed"),
    "html-jpg": ("Html {}.jpg", _HTML, "filetype-badmime"),
    "truncated-jpeg": ("Trunc {}.jpg", FILE_TYPES["jpg"]()[:2000], "Success"),
    "truncated-png": ("Truncp {}.png", FILE_TYPES["png"]()[:2000], "Success"),
    "svg-script": ("Svg {}.svg", _SCRIPT + b" " * 2000, "uploadscripted"),
}


@pytest.mark.parametrize("named", FILES)
def test_a_file_is_taken_or_refused(wiki: OnTheWiki, tmp_path: Path, named: str) -> None:
    pattern, data, result = FILES[named]

    assert wiki.stash(pattern.format(next(_NUMBERS)), data, tmp_path) == (result, "")
