"""A worker that is killed in the middle of a file costs at most one chunk."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.benchmarks.house import measured_house, photograph_of, title_of

CHUNK = 1024 * 1024
SIZE = 50_000_000


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_file_is_continued_by_the_next_worker_where_the_killed_one_left_it(
    tmp_path: Path,
) -> None:
    photograph = photograph_of(SIZE)
    with measured_house(tmp_path, CURATOR_CHUNK_SIZE=str(CHUNK)) as house:
        house.start_worker()
        batch = house.accept(photograph)
        while (before := house.figures())["body_bytes"] < SIZE // 3:
            assert house.worker.is_alive(), house.worker.last_words()
            time.sleep(0.01)
        house.worker.kill()
        house.start_worker()
        house.finish(batch)
        (file,) = house.on_the_wiki()
        after = house.figures()

    assert before["body_bytes"] < SIZE, "it was killed too late to prove anything"
    assert (file["title"], file["sha1"]) == (f"File:{title_of(photograph)}", photograph.file.sha1)
    assert len(file["revisions"]) == 1
    assert after["actions"]["upload:publish"] == 1
    assert SIZE <= after["body_bytes"] - after["form_bytes"] <= SIZE + CHUNK
