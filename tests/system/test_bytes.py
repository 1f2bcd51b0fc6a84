"""Every byte of the source arrives on the wiki, whatever the size."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.house import item_of, system_house


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("sequence", ["bytes-random", "bytes-edges"])
def test_every_file_is_byte_for_byte_the_sources(sequence: str, tmp_path: Path) -> None:
    with system_house(tmp_path) as house:
        photographs = house.photographs(sequence)
        batch_id = house.accept("Sandbox bot", [item_of(one) for one in photographs])
        house.work_off(batch_id)
        on_the_wiki = {file["title"]: (file["sha1"], file["size"]) for file in house.files()}

    assert on_the_wiki == {
        f"File:Photograph {one['id']}.jpg": (one["sha1"], one["size"]) for one in photographs
    }


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_file_in_many_chunks_is_byte_for_byte_the_sources(tmp_path: Path) -> None:
    with system_house(tmp_path, CURATOR_CHUNK_SIZE="70001") as house:
        photographs = house.photographs("bytes-edges")
        batch_id = house.accept("Sandbox bot", [item_of(one) for one in photographs])
        house.work_off(batch_id)
        on_the_wiki = {file["title"]: file["sha1"] for file in house.files()}

    assert on_the_wiki == {f"File:Photograph {one['id']}.jpg": one["sha1"] for one in photographs}
