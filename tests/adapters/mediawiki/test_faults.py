"""The table of MediaWiki's codes, against everything that a real wiki was seen to say."""

import re
from datetime import timedelta

import pytest

from curator_adapters.mediawiki.api_error import ApiError, error_in
from curator_adapters.mediawiki.faults import fault_of, kind_of
from curator_adapters.mediawiki.publisher import SPOKEN_FOR
from curator_core.domain.doubts import DOUBTS
from curator_core.domain.fault import Fault, FaultKind
from tests.adapters.mediawiki.captured import captured

INDEX: dict[str, list[str]] = captured("index")
ERRORS = captured("errors")
KINDS = {name: FaultKind(kind) for kind, names in captured("kinds").items() for name in names}


def error_of(capture: str) -> ApiError:
    error = error_in(ERRORS[capture]["answer"], ERRORS[capture]["headers"])
    assert error is not None
    return error


def fault_in(capture: str) -> Fault:
    return fault_of(error_of(capture))


def test_every_captured_error_has_a_kind_that_was_chosen() -> None:
    assert KINDS.keys() == ERRORS.keys()


@pytest.mark.parametrize("capture", ERRORS)
def test_a_captured_error_stands_in_the_table(capture: str) -> None:
    # None would be a code that nobody thought of.
    assert kind_of(error_of(capture)) is KINDS[capture]


def test_all_captures_are_listed() -> None:
    assert len(INDEX) == 312


@pytest.mark.parametrize("capture", [name for name, told in INDEX.items() if told])
def test_whatever_a_capture_says_no_with_is_known(capture: str) -> None:
    codes = {
        error_of(name).code for name in ERRORS if name == capture or name.startswith(f"{capture}#")
    }
    for told in INDEX[capture]:
        what, _, name = told.partition(" ")
        if what == "error":
            assert name in codes, f"{name} is not among the errors that the table is held against"
        else:
            assert name in SPOKEN_FOR or name in DOUBTS


def test_a_code_that_nobody_thought_of_is_unforeseen() -> None:
    error = ApiError(code="a-code-of-tomorrow", words="Something new.")

    assert kind_of(error) is None
    assert fault_of(error).kind is FaultKind.UNFORESEEN
    assert fault_of(error).detail == "a-code-of-tomorrow: Something new."


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        ("internal_api_error_DBQueryError", "", FaultKind.STORAGE),
        ("UploadStashFileException", "", FaultKind.STORAGE),
        ("internal_api_error_UploadChunkFileException", "", FaultKind.STORAGE),
        ("JobQueueError", "", FaultKind.STORAGE),
        ("backend-fail-internal", "", FaultKind.STORAGE),
        ("stashfailed", "backend-fail-internal", FaultKind.STORAGE),
        ("an-unknown-code", "backend-fail-internal: local-swift", FaultKind.STORAGE),
        ("stashfailed", "Chunked upload is already completed", FaultKind.ALREADY_COMPLETE),
        ("publishfailed", "", FaultKind.PUBLISH_CONFLICT),
        (
            "stashfailed",
            "Internal error: Server failed to publish temporary file.",
            FaultKind.PUBLISH_CONFLICT,
        ),
        (
            "stashfailed",
            "Internal error: Server failed to store temporary file.",
            FaultKind.STASH_GONE,
        ),
        ("uploaddisabled", "", FaultKind.READ_ONLY),
        ("autoblocked", "", FaultKind.BLOCKED),
        ("titleblacklist-forbidden-upload", "", FaultKind.PAGE_REFUSED),
        ("titleblacklist-of-tomorrow", "", FaultKind.PAGE_REFUSED),
        ("filename-toolong", "", FaultKind.PAGE_REFUSED),
        ("uploadstash-exception", "", FaultKind.STASH_TROUBLE),
        ("internal_api_error_UploadStashFileException", "", FaultKind.STORAGE),
        ("file-too-large", "", FaultKind.REFUSED),
    ],
)
def test_codes_of_the_specification_that_were_never_captured(
    code: str, words: str, kind: FaultKind
) -> None:
    assert kind_of(ApiError(code=code, words=words)) is kind


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("wikibase-api-failed-save", "actionthrottledtext"), FaultKind.RATE_LIMITED),
        (("wikibase-api-failed-save", "edit-conflict"), FaultKind.EDIT_CONFLICT),
        (("wikibase-api-failed-save", "abusefilter-disallowed"), FaultKind.PAGE_REFUSED),
        (("wikibase-api-failed-save", "spamprotectiontext"), FaultKind.PAGE_REFUSED),
        (("ratelimited",), FaultKind.RATE_LIMITED),
        ((), FaultKind.STORAGE),
    ],
)
def test_what_wikibase_wraps_decides(names: tuple[str, ...], kind: FaultKind) -> None:
    assert kind_of(ApiError(code="failed-save", names=names)) is kind


def test_the_header_alone_tells_what_was_wrapped() -> None:
    answer = {"error": {"code": "failed-save", "info": "The save has failed."}}

    error = error_in(answer, {"MediaWiki-API-Error": "failed-save, ratelimited"})

    assert error is not None
    assert kind_of(error) is FaultKind.RATE_LIMITED


def test_a_wrong_offset_comes_with_the_right_one() -> None:
    assert fault_in("chunk-offset-too-high").offset == 40000
    assert fault_in("maxlag-upload").offset is None


def test_lag_says_how_long_to_wait() -> None:
    assert fault_in("maxlag-upload").retry_after == timedelta(seconds=5)
    assert fault_in("ratelimited-upload-commit").retry_after is None


def test_a_blocks_words_are_plain_text() -> None:
    fault = fault_in("blocked-wbeditentity")

    assert "The block was made by Admin. The reason given is lab block." in fault.info
    assert not re.search(r"[<>\[\]\n\u202a-\u202e]", fault.info)


def test_what_looks_like_a_tag_but_is_meant_stays() -> None:
    assert fault_in("verify-svg-external-href-on-stash").info.startswith("<a> elements can only")


def test_a_message_of_the_wikis_own_is_named_where_the_api_leaves_it_out() -> None:
    assert fault_in("abusefilter-warning-on-commit").info == (
        "The rule is: lab: warn on upload by name. "
        "The wiki explains it on its page MediaWiki:abusefilter-warning-custom."
    )
    assert "⧼" not in "".join(fault_in(capture).info for capture in ERRORS)


def test_a_read_only_wiki_says_why() -> None:
    for capture in ("readonly-edit", "readonly-edit-errorformat-plaintext"):
        assert "read-only for 15 minutes for maintenance" in fault_in(capture).info


def test_an_answer_without_an_error_holds_none() -> None:
    assert error_in({"upload": {"result": "Success"}}, {}) is None
