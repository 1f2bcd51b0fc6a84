"""What the wiki warns of or refuses when a file is published."""

from typing import Any

import pytest

from curator_cli.sandbox.settings import SandboxSettings
from tests.cli.sandbox.client import Json, WikiClient, control
from tests.cli.sandbox.conftest import a_name, a_picture
from tests.cli.sandbox.shapes import assert_like, capture, shape


def test_bytes_that_are_there_already_are_a_duplicate(client: WikiClient) -> None:
    client.publish(first := a_name(), content := a_picture())
    assert_like(client, client.chunk(a_name(), content), "duplicate-on-last-chunk")
    assert_like(client, client.whole_file(a_name(), content), "duplicate-whole-file")
    name = a_name()
    key = client.stashed(name, content)
    assert_like(client, client.commit(name, key), "duplicate-on-commit")
    answer = client.commit(name, key, ignorewarnings=1)
    assert_like(client, answer, "duplicate-on-commit-ignorewarnings")
    assert answer["upload"]["warnings"]["duplicate"] == [first.replace(" ", "_")]
    assert_like(client, client.chunk(a_name(), content), "duplicate-two-files")


def test_a_name_with_other_bytes_exists(client: WikiClient) -> None:
    client.publish(name := a_name(), a_picture())
    content = a_picture()
    assert_like(client, client.chunk(name, content), "exists-different-content-on-last-chunk")
    key = client.stashed(name, content)
    assert_like(client, client.commit(name, key), "exists-different-content-on-commit")
    lowered = name[0].lower() + name[1:]
    assert_like(client, client.commit(lowered, key), "exists-first-letter-case")
    client.publish(a_name(), content)
    assert_like(client, client.commit(name, key), "duplicate-and-exists")


def test_a_version_of_ones_own_file_is_replaced_when_warnings_are_ignored(
    client: WikiClient,
) -> None:
    client.publish(name := a_name(), a_picture())
    answer = client.publish(name, a_picture(), ignorewarnings=1)
    assert_like(client, answer, "replace-own-file-ok")


def test_the_same_bytes_under_the_same_name_change_nothing(client: WikiClient) -> None:
    client.publish(name := a_name(), content := a_picture())
    key = client.stashed(name, content)
    assert_like(client, client.commit(name, key), "multichunk-nochange-commit")
    for _ in range(2):
        answer = client.commit(name, key, ignorewarnings=1)
        assert_like(client, answer, "nochange-on-commit-ignorewarnings")
    client.publish(a_name(), content, ignorewarnings=1)
    assert_like(client, client.chunk(name, content), "exists-same-content-on-last-chunk")
    assert_like(client, client.whole_file(name, content), "nochange-whole-file")
    assert_like(client, client.commit(name, key), "nochange-on-commit")


def test_the_bytes_of_an_older_version_are_told(client: WikiClient) -> None:
    client.publish(name := a_name(), content := a_picture())
    client.publish(a_name(), content, ignorewarnings=1)
    client.publish(name, a_picture(), ignorewarnings=1)
    assert_like(client, client.publish(name, content), "duplicateversions-on-commit")


def test_a_deleted_name_and_deleted_bytes_are_told(base: str, client: WikiClient) -> None:
    client.publish(name := a_name(), content := a_picture())
    control(base, "delete", title=f"File:{name}")
    assert_like(client, client.publish(name, a_picture()), "was-deleted")
    assert_like(client, client.publish(a_name(), content), "duplicate-archive")
    assert_like(client, client.publish(name, content), "was-deleted-and-duplicate-archive")


def test_a_page_without_a_file_is_in_the_way(client: WikiClient) -> None:
    name = a_name()
    client.write(action="edit", title=f"File:{name}", text="only a page")
    assert_like(client, client.publish(name, a_picture()), "page-exists-without-file")


def test_another_spelling_of_the_extension_is_in_the_way(client: WikiClient) -> None:
    client.publish(name := a_name(), a_picture())
    answer = client.publish(name.replace(".jpg", ".JPG"), a_picture())
    assert_like(client, answer, "exists-normalized-extension")


def test_names_of_thumbnails_and_cameras_are_warned_of(client: WikiClient) -> None:
    answer = client.publish(a_name("120px-Thumb"), a_picture())
    assert_like(client, answer, "thumb-name-warning")
    prefixed = client.publish(a_name("DSCF"), a_picture())
    assert list(prefixed["upload"]["warnings"]) == ["bad-prefix"]


def test_a_name_that_had_to_be_changed_is_told(client: WikiClient) -> None:
    name = a_name("Bad_name: [x]")
    answer = client.chunk(name, a_picture())
    assert_like(client, answer, "badfilename-on-stash")
    answer = client.commit(name, answer["upload"]["filekey"])
    assert_like(client, answer, "badfilename-on-commit")
    prefixed = client.publish(f"File:{a_name()}", a_picture())
    assert_like(client, prefixed, "filename-with-File-prefix")


def test_spaces_underscores_and_the_first_letter_are_not_worth_a_warning(
    client: WikiClient,
) -> None:
    name = a_name("an_Underscored")
    assert client.publish(name, a_picture())["upload"]["result"] == "Success"


def test_a_warning_brings_a_new_key_and_the_old_one_still_works(client: WikiClient) -> None:
    client.publish(a_name(), content := a_picture())
    name = a_name()
    old = client.stashed(name, content)
    warned = client.commit(name, old)
    new = warned["upload"]["filekey"]
    second = client.commit(name, old, ignorewarnings=1)
    third = client.commit(a_name(), new, ignorewarnings=1)
    steps = capture("retry-after-warning-old-and-new-filekey")["sequence"]
    assert [shape(one) for one in (warned, second, third)] == [
        shape(step["reply"]) for step in steps
    ]
    assert new != old


@pytest.mark.parametrize("more", [{}, {"ignorewarnings": 1}])
def test_a_newcomer_may_not_replace_somebody_elses_file(
    base: str, settings: SandboxSettings, client: WikiClient, more: Json
) -> None:
    client.publish(name := a_name(), a_picture())
    newbie = WikiClient(base, settings, "Newbie")
    control(base, "limits", account="Newbie")
    key = newbie.stashed(name, a_picture())
    suffix = "" if more else "-nowarn"
    answer = newbie.commit(name, key, **more)
    assert_like(newbie, answer, f"exists-other-user-no-reupload-right{suffix}")


@pytest.mark.parametrize(
    ("name", "stem", "more"),
    [
        ("titleblacklist-on-commit", "BLACKLISTEDWORD", {}),
        ("titleblacklist-on-commit-ignorewarnings", "BLACKLISTEDWORD", {"ignorewarnings": 1}),
        (
            "titleblacklist-on-commit-errorformat-plaintext",
            "BLACKLISTEDWORD",
            {"errorformat": "plaintext"},
        ),
    ],
)
def test_a_blacklisted_title_is_refused_and_the_key_survives(
    client: WikiClient, name: str, stem: str, more: Json
) -> None:
    title = a_name(stem)
    key = client.stashed(title, a_picture())
    assert_like(client, client.commit(title, key, **more), name)
    answer = client.commit(a_name("Renamed"), key)
    assert_like(client, answer, "commit-same-filekey-under-other-name")


def test_a_generic_name_is_refused_in_the_wikis_own_words(client: WikiClient) -> None:
    key = client.stashed("DSC01234.jpg", a_picture())
    assert_like(client, client.commit("DSC01234.jpg", key), "titleblacklist-custom-on-commit")
    asked = {"action": "titleblacklist", "tbtitle": "File:DSC01234.jpg", "tbaction": "create"}
    answer = client.get(**asked)
    assert answer == capture("titleblacklist-check")["response"]
    fine = client.get(**asked | {"tbtitle": "File:A fine name.jpg"})
    assert fine == capture("titleblacklist-check-ok")["response"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("commit-unknown-filekey", "1d3zzzzzzzzz.abcdef.4.jpg"),
        ("commit-malformed-filekey", "nonsense"),
        ("commit-path-filekey", "../../etc/passwd"),
    ],
)
def test_a_key_that_is_none_is_refused(client: WikiClient, name: str, key: str) -> None:
    assert_like(client, client.commit(a_name(), key), name)


def test_a_key_is_used_up_by_publishing(client: WikiClient) -> None:
    key = client.stashed(name := a_name(), a_picture())
    client.commit(name, key)
    for more in ({}, {"ignorewarnings": 1}):
        assert_like(client, client.commit(name, key, **more), "commit-filekey-already-used")


def test_a_key_is_of_no_use_to_others_or_after_its_time(
    base: str, settings: SandboxSettings, client: WikiClient
) -> None:
    key = client.stashed(name := a_name(), a_picture())
    other = WikiClient(base, settings, "Second photographer")
    assert_like(other, other.commit(name, key), "commit-other-users-filekey")
    control(base, "stash/expire", key=key)
    assert_like(client, client.commit(name, key), "commit-stash-row-expired")


def test_stashed_bytes_that_are_lost_are_told(
    client: WikiClient, settings: SandboxSettings
) -> None:
    bytes_folder = settings.data_dir / "sandbox-bytes"
    before = set(bytes_folder.iterdir())
    key = client.stashed(name := a_name(), a_picture())
    for path in set(bytes_folder.iterdir()) - before:
        path.unlink()
    assert_like(client, client.commit(name, key), "commit-stash-file-lost")


def test_a_file_in_one_request_is_published_or_stashed(client: WikiClient) -> None:
    content = a_picture()
    assert_like(client, client.whole_file(a_name(), content), "ok-whole-file")
    answer = client.whole_file(a_name(), a_picture(), stash=1)
    answer["upload"]["imageinfo"].pop("canonicaltitle")
    recorded = capture("stash-whole-file")["response"]
    recorded["upload"]["imageinfo"].pop("canonicaltitle")
    assert shape(answer) == shape(recorded)


def unusual(client: WikiClient, **more: Any) -> Json:
    return client.whole_file(a_name(), a_picture(), **more)


def test_what_the_wiki_does_not_allow_is_refused(client: WikiClient) -> None:
    assert_like(client, unusual(client, **{"async": 1}), "async-whole-file")
    assert_like(client, unusual(client, tags="no-such-tag"), "upload-badtags")
    answer = client.write(action="upload", filename=a_name(), url="http://commons.test/x.jpg")
    assert_like(client, answer, "upload-by-url-disabled")
