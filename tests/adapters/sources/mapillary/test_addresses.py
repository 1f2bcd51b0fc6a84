"""What contributors paste, and the sequence that is meant."""

from __future__ import annotations

import pytest

from curator_adapters.sources.mapillary.addresses import sequence_in

ID = "kx7r2uYeFwT6XCfvqh30VZ"
DASHED = "a-b_c2uYeFwT6XCfvqh3-_"


@pytest.mark.parametrize(
    "address",
    [
        ID,
        f"  {ID}\n",
        f"https://www.mapillary.com/app/?sequenceId={ID}",
        f"https://www.mapillary.com/app?lat=1&lng=2&z=17&pKey=498763468214164&sequenceId={ID}",
        f"https://www.mapillary.com/app/?pKey=498763468214164&focus=photo&sequence_id={ID}#x",
        f"www.mapillary.com/app/?sequenceId={ID}",
        f"<https://mapillary.com/app/?SequenceID={ID}>",
        f"http://www.mapillary.com/map/sequence/{ID}",
        f"https://www.mapillary.com/map/sq/{ID}/as/photo",
        f"https://www.mapillary.com/app/sequences/{ID}?focus=map",
        f"https://www.mapillary.com/app/#/map/seq/{ID}?lat=1",
        f"https://graph.mapillary.com/image_ids?sequence_id={ID}",
        f"https://WWW.Mapillary.COM./app/?skey={ID}",
    ],
)
def test_the_sequence_is_found(address: str) -> None:
    assert sequence_in(address) == ID


def test_an_id_may_hold_dashes_and_underscores() -> None:
    assert sequence_in(DASHED) == DASHED
    assert sequence_in(f"https://www.mapillary.com/app/?sequenceId={DASHED}") == DASHED


@pytest.mark.parametrize(
    "address",
    [
        "",
        "498763468214164",
        "4987634682141641",
        "https://www.mapillary.com/app/?pKey=498763468214164&focus=photo",
        f"https://www.mapillary.com/map/im/{ID}",
        f"https://www.mapillary.com/app/?pKey={ID}",
        f"https://mapillary.com.evil.example/app/?sequenceId={ID}",
        f"https://notmapillary.com/app/?sequenceId={ID}",
        f"https://evil.example/?sequenceId={ID}&x=www.mapillary.com",
        f"https://www.mapillary.com/app/?sequenceId={ID}/../secrets",
        "https://www.mapillary.com/app/?sequenceId=",
        "https://www.mapillary.com/app/user/ada",
        "https://[www.mapillary.com/app",
        "sequence",
        "x" * 5000,
        f"{ID} {ID}",
    ],
)
def test_no_sequence_is_made_up(address: str) -> None:
    assert sequence_in(address) is None
