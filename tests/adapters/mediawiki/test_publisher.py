"""The warnings of uploads, as a real wiki words them."""

import pytest

from curator_adapters.mediawiki.publisher import warned
from curator_core.domain.doubts import DOUBTS
from curator_core.ports.publisher import Warned
from tests.adapters.mediawiki.captured import captured

WARNINGS = captured("warnings")


@pytest.mark.parametrize(
    ("capture", "expected"),
    [
        ("duplicate-on-commit", Warned(duplicates=("Base 1795373144.jpg",))),
        (
            "duplicate-two-files",
            Warned(duplicates=("DupA 1795373144.jpg", "DupB 1795373144.jpg")),
        ),
        (
            "duplicate-and-exists",
            Warned(duplicates=("Two 1795373144.jpg",), exists="Two other 1795373144.jpg"),
        ),
        (
            "nochange-on-commit",
            Warned(
                duplicates=("Dup 1795373144.jpg",), exists="Base 1795373144.jpg", no_change=True
            ),
        ),
        ("badfilename-on-commit", Warned(respelled="Bad name- -x- 1795373144.jpg")),
        ("was-deleted", Warned(others=(("was-deleted", "Deleted 1795373144.jpg"),))),
        ("duplicate-archive", Warned(others=(("duplicate-archive", "Deleted 1795373144.jpg"),))),
        ("page-exists-without-file", Warned(others=(("page-exists", "Page only 1795373144.jpg"),))),
        (
            "exists-normalized-extension",
            Warned(others=(("exists-normalized", "Base 1795373144.jpg"),)),
        ),
        ("thumb-name-warning", Warned(others=(("thumb-name", "120px-Thumb 1795373144.jpg"),))),
        (
            "duplicateversions-on-commit",
            Warned(
                duplicates=("Dup 1795373144.jpg",),
                exists="Base 1795373144.jpg",
                others=(("duplicateversions", "2026-11-22T18:45:45Z"),),
            ),
        ),
        (
            "chunk-empty",
            Warned(exists="Chunk 1795373144.jpg", others=(("empty-file", ""),)),
        ),
    ],
)
def test_a_captured_warning_is_told_in_the_cores_words(capture: str, expected: Warned) -> None:
    assert warned(WARNINGS[capture]) == expected


@pytest.mark.parametrize("capture", WARNINGS)
def test_no_captured_warning_is_lost(capture: str) -> None:
    assert warned(WARNINGS[capture]) != Warned()


def test_every_captured_warning_has_a_sentence_of_its_own() -> None:
    names = {name for warnings in WARNINGS.values() for name in warnings}
    assert names - {"duplicate", "exists", "nochange"} <= DOUBTS.keys()
