"""What every `Stash` and `Publisher` promise of large files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import FileKey, UserId
from curator_core.domain.title import Title
from curator_core.ports.downloads import LocalFile
from curator_core.ports.publisher import Pending, Published, Warned
from curator_core.ports.stash import ChunkSent
from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import PHOTOGRAPHER, USER_IDS
from tests.contracts.wiki_bench_fake import FakeBench
from tests.fakes.clock import FakeClock
from tests.pictures import a_title, on_disk, picture_bytes
from tests.real_wiki import RealWiki
from tests.real_wiki_jobs import lose_jobs, run_jobs, versions
from tests.sandbox import Sandbox

CHUNK, SIZE = 2000, 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A wiki for which files of `SIZE` bytes are large, and smaller ones are not."""

    wiki: Wiki
    pass_time: Callable[[], object]
    slow_down: Callable[[], object]
    lose_jobs: Callable[[], object]
    count: Callable[[str], int]


def a_fake() -> Bench:
    bench = FakeBench()
    bench.wiki.background_from = SIZE
    jobs, clock = bench.wiki.jobs, bench.wiki.clock
    assert isinstance(clock, FakeClock)

    def slow_down() -> None:
        jobs.stuck = True

    return Bench(
        wiki=bench.session(),
        pass_time=lambda: clock.advance(jobs.takes / 3),
        slow_down=slow_down,
        lose_jobs=jobs.lose,
        count=lambda title: len(bench.wiki.files.get(title, [])),
    )


def a_sandbox(sandbox: Sandbox) -> Bench:
    sandbox.calm()
    sandbox.pull("settings", job_seconds=0.05)
    wikis = sandbox.wikis(background_from=SIZE)

    def count(title: str) -> int:
        files = [each for each in sandbox.shown("files") if each["title"] == f"File:{title}"]
        return sum(len(each["revisions"]) for each in files)

    return Bench(
        wiki=wikis.session(UserId(USER_IDS[PHOTOGRAPHER]), sandbox.grant(PHOTOGRAPHER)),
        pass_time=lambda: None,
        slow_down=lambda: sandbox.pull("settings", job_seconds=60),
        lose_jobs=lambda: sandbox.pull("jobs/lose"),
        count=count,
    )


def a_mediawiki(wiki: RealWiki) -> Bench:
    wiki.calm()
    lose_jobs(wiki)
    wikis = wiki.wikis(background_from=SIZE)
    return Bench(
        wiki=wikis.session(UserId(USER_IDS[PHOTOGRAPHER]), wiki.grant(PHOTOGRAPHER)),
        # Nothing is done in the background before it is asked for.
        pass_time=lambda: run_jobs(wiki),
        slow_down=lambda: None,
        lose_jobs=lambda: lose_jobs(wiki),
        count=lambda title: versions(wiki, title),
    )


@pytest.fixture(params=["fake", "sandbox", "mediawiki"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "fake":
        return a_fake()
    if request.param == "mediawiki":
        return a_mediawiki(request.getfixturevalue("mediawiki"))
    return a_sandbox(request.getfixturevalue("sandbox"))


@pytest.fixture
def file(tmp_path: Path) -> LocalFile:
    return on_disk(tmp_path, picture_bytes(SIZE))


def sent(bench: Bench, title: Title, file: LocalFile) -> ChunkSent:
    """What the last chunk is answered with."""
    answer = bench.wiki.stash.send(title, file, 0, CHUNK, None)
    return bench.wiki.stash.send(title, file, CHUNK, file.size - CHUNK, answer.key)


def assembled(bench: Bench, title: Title, file: LocalFile) -> FileKey:
    answer: ChunkSent | None = sent(bench, title, file)
    assert answer is not None
    key = answer.key
    while answer is not None and answer.assembling:
        bench.pass_time()
        answer = bench.wiki.stash.status(title, key, file.size)
    assert answer is not None
    assert answer.assembled
    return answer.key


def publish(
    bench: Bench, title: Title, key: FileKey, size: int = SIZE
) -> Published | Warned | Pending:
    return bench.wiki.publisher.publish(title, key, "text", "a summary", size)


def outcome(bench: Bench, title: Title, key: FileKey) -> Published | Warned | Pending:
    """What the wiki tells in the end."""
    while (answer := bench.wiki.publisher.outcome(title, key)) == Pending():
        bench.pass_time()
    return answer


def end(bench: Bench, title: Title, key: FileKey) -> str:
    """How publishing ended, in a word."""
    try:
        answer = outcome(bench, title, key)
    except Faulted as faulted:
        return faulted.fault.kind.value
    return "published" if isinstance(answer, Published) else "warned"


def fault_of(call: Callable[[], object]) -> Fault:
    with pytest.raises(Faulted) as caught:
        call()
    return caught.value.fault


def test_a_large_file_is_assembled_in_the_background_under_its_key(
    bench: Bench, file: LocalFile
) -> None:
    title = a_title()

    answer = sent(bench, title, file)

    assert (answer.assembling, answer.assembled, answer.offset) == (True, False, SIZE)
    status = bench.wiki.stash.status(title, answer.key, SIZE)
    while status is not None and status.assembling:
        assert status == answer
        bench.pass_time()
        status = bench.wiki.stash.status(title, answer.key, SIZE)
    assert status is not None
    assert status.key != answer.key
    assert (status.assembled, status.sha1, status.size) == (True, file.sha1, SIZE)
    assert bench.wiki.stash.status(title, answer.key, SIZE) == status


def test_a_smaller_file_is_assembled_and_published_at_once(bench: Bench, tmp_path: Path) -> None:
    small, title = on_disk(tmp_path, picture_bytes(SIZE - 1)), a_title()

    answer = sent(bench, title, small)

    assert answer.assembled
    assert isinstance(publish(bench, title, answer.key, SIZE - 1), Published)


def test_a_large_file_is_published_in_the_background(bench: Bench, file: LocalFile) -> None:
    title = a_title()
    key = assembled(bench, title, file)

    assert publish(bench, title, key) == Pending()

    done = outcome(bench, title, key)
    assert isinstance(done, Published)
    assert (done.title, done.sha1, done.size) == (title.text, file.sha1, SIZE)
    assert bench.wiki.publisher.outcome(title, key) == done
    assert bench.count(title.text) == 1
    assert fault_of(lambda: publish(bench, a_title(), key)).kind is FaultKind.STASH_GONE


def test_what_is_being_published_stays_pending_when_it_is_asked_for_again(
    bench: Bench, file: LocalFile
) -> None:
    title = a_title()
    key = assembled(bench, title, file)
    bench.slow_down()
    publish(bench, title, key)

    assert publish(bench, title, key) == Pending()
    assert bench.wiki.publisher.outcome(title, key) == Pending()
    bench.lose_jobs()


def test_a_job_that_was_lost_has_no_result_and_can_be_begun_again(
    bench: Bench, file: LocalFile
) -> None:
    title = a_title()
    key = assembled(bench, title, file)
    publish(bench, title, key)
    bench.lose_jobs()

    fault = fault_of(lambda: bench.wiki.publisher.outcome(title, key))

    assert fault.kind is FaultKind.NO_RESULT
    assert publish(bench, title, key) == Pending()
    assert isinstance(outcome(bench, title, key), Published)


def test_nothing_is_known_of_a_key_that_was_never_published(bench: Bench) -> None:
    key = FileKey("1d3zzzzzzzzz.abcdef.4.jpg")

    fault = fault_of(lambda: bench.wiki.publisher.outcome(a_title(), key))

    assert fault.kind is FaultKind.NO_RESULT


def test_doubts_are_told_at_once(bench: Bench, file: LocalFile) -> None:
    title = a_title()
    key = assembled(bench, title, file)
    publish(bench, title, key)
    outcome(bench, title, key)

    again = assembled(bench, a_title(), file)

    assert publish(bench, a_title(), again) == Warned(duplicates=(title.text,))


def test_the_same_file_published_twice_at_once_changes_nothing_the_second_time(
    bench: Bench, file: LocalFile
) -> None:
    title = a_title()
    keys = [assembled(bench, title, file) for _ in range(2)]
    assert [publish(bench, title, key) for key in keys] == [Pending()] * 2

    # Which of the two is done first is the wiki's own affair.
    ends = sorted(end(bench, title, key) for key in keys)
    assert ends == ["no_change", "published"]
    assert bench.count(title.text) == 1


def test_what_is_no_picture_is_refused_while_it_is_assembled(bench: Bench, tmp_path: Path) -> None:
    noise, title = on_disk(tmp_path, b"\x00\x01" + picture_bytes(SIZE - 2)), a_title()

    fault = fault_of(lambda: assembled(bench, title, noise))

    assert fault.kind is FaultKind.REFUSED
    assert fault.info == "This file did not pass file verification."


def test_a_chunk_after_the_last_learns_that_the_file_is_complete(
    bench: Bench, file: LocalFile
) -> None:
    title = a_title()
    bench.slow_down()
    key = sent(bench, title, file).key

    fault = fault_of(lambda: bench.wiki.stash.send(title, file, CHUNK, file.size - CHUNK, key))

    assert fault.kind is FaultKind.ALREADY_COMPLETE
    bench.lose_jobs()


def test_whoever_listens_is_told_while_bytes_go(bench: Bench, file: LocalFile) -> None:
    heard: list[None] = []

    bench.wiki.stash.send(a_title(), file, 0, CHUNK, None, lambda: heard.append(None))

    assert heard
