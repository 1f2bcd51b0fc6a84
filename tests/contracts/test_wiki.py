"""What every `Wikis` and `Wiki` promise."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import FileKey, Sha1, UserId
from curator_core.domain.merge import Additions
from curator_core.domain.user import AccessToken
from curator_core.ports.pages import PageText
from curator_core.ports.publisher import Published
from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import PHOTOGRAPHER, SECOND, WikiBench, published
from tests.pictures import a_title, on_disk, picture_bytes

KEY = FileKey("1d3zzzzzzzzz.abcdef.4.jpg")
REQUESTS: dict[str, Callable[[Wiki], object]] = {
    "limits": lambda wiki: wiki.accounts.limits(),
    "blacklist_reason": lambda wiki: wiki.titles.blacklist_reason(a_title()),
    "look": lambda wiki: wiki.files.look(Sha1("0" * 40), a_title()),
    "max_size": lambda wiki: wiki.files.max_size(),
    "status": lambda wiki: wiki.stash.status(a_title(), KEY, 1),
    "find": lambda wiki: wiki.stash.find(Sha1("0" * 40), 100),
    "whole": lambda wiki: wiki.stash.whole(KEY),
    "publish": lambda wiki: wiki.publisher.publish(a_title(), KEY, "", "", 100),
    "write": lambda wiki: wiki.statements.write(a_title(), Additions(), ""),
    "read": lambda wiki: wiki.statements.read(a_title()),
    "refresh": lambda wiki: wiki.pages.refresh(a_title()),
    "touch": lambda wiki: wiki.pages.touch(a_title()),
    "read_page": lambda wiki: wiki.pages.read("Category:Bridges"),
    "save": lambda wiki: wiki.pages.save("Category:Bridges", "", "", PageText(text="", revision=1)),
    "members": lambda wiki: wiki.pages.members("Category:Bridges"),
}


def test_the_same_user_and_token_get_the_same_session(wiki_bench: WikiBench) -> None:
    token = wiki_bench.token(PHOTOGRAPHER)

    first = wiki_bench.wikis.session(UserId("4"), token)

    assert wiki_bench.wikis.session(UserId("4"), token) is first


def test_another_user_or_token_gets_another_session(wiki_bench: WikiBench) -> None:
    token, wikis = wiki_bench.token(PHOTOGRAPHER), wiki_bench.wikis
    session = wikis.session(UserId("4"), token)

    assert wikis.session(UserId("4"), wiki_bench.token(PHOTOGRAPHER)) is not session
    assert wikis.session(UserId("6"), wiki_bench.token(SECOND)) is not session


def test_opening_a_session_asks_the_wiki_nothing(wiki_bench: WikiBench) -> None:
    before = wiki_bench.requests_made()

    wiki_bench.wikis.session(UserId("4"), AccessToken(key="no", secret="body"))

    assert wiki_bench.requests_made() == before


@pytest.mark.parametrize("request_name", REQUESTS)
def test_once_a_look_has_brought_the_write_token_every_call_is_one_request(
    wiki_bench: WikiBench, request_name: str
) -> None:
    wiki = wiki_bench.session()
    wiki.files.look(Sha1("0" * 40), a_title())
    before = wiki_bench.requests_made()

    # That some of them are refused makes no difference.
    with suppress(Faulted):
        REQUESTS[request_name](wiki)

    assert wiki_bench.requests_made() == before + 1


@pytest.mark.parametrize("request_name", REQUESTS)
def test_a_revoked_token_is_told_so_whatever_is_asked(
    wiki_bench: WikiBench, request_name: str
) -> None:
    wiki = wiki_bench.session()
    wiki_bench.revoke(PHOTOGRAPHER)

    with pytest.raises(Faulted) as caught:
        REQUESTS[request_name](wiki)

    assert caught.value.fault.kind is FaultKind.NO_GRANT


def test_users_at_the_same_time_each_act_in_their_own_name(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    names = [PHOTOGRAPHER, SECOND] * 4

    with ThreadPoolExecutor(len(names)) as pool:
        done = list(pool.map(lambda name: published(wiki_bench, tmp_path, name)[0], names))

    assert [wiki_bench.upload(title).uploader for title in done] == names


def test_one_session_carries_several_uploads_at_once(wiki_bench: WikiBench, tmp_path: Path) -> None:
    wiki = wiki_bench.session()
    files = [on_disk(tmp_path, picture_bytes(6000)) for _ in range(6)]
    titles = [a_title() for _ in files]

    def upload(number: int) -> bool:
        file, title = files[number], titles[number]
        half = wiki.stash.send(title, file, 0, 3000, None)
        whole = wiki.stash.send(title, file, 3000, 3000, half.key)
        answer = wiki.publisher.publish(title, whole.key, "", "", file.size)
        return isinstance(answer, Published) and answer.sha1 == file.sha1

    with ThreadPoolExecutor(len(files)) as pool:
        assert all(pool.map(upload, range(len(files))))

    assert [wiki_bench.upload(title).sha1 for title in titles] == [file.sha1 for file in files]
