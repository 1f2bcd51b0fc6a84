"""Turns a small JPEG into a valid JPEG of any size whose bytes depend on a name."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

HERE = Path(__file__).parent
_SOI = b"\xff\xd8"
_COMMENT = b"\xff\xfe"
_APP0 = b"\xff\xe0"
# A segment's length field counts itself and holds 16 bits.
_LARGEST_PAYLOAD = 65_533
_SEGMENT_OVERHEAD = 4
# Enough for every name to give other bytes, whatever the size.
_SMALLEST_PADDING = 24


@lru_cache(maxsize=64)
def base_bytes(base: str) -> bytes:
    """Returns the committed photograph `base`, for example `02-coffee.jpg` (at most 92 kB)."""
    return (HERE / base).read_bytes()


@dataclass(frozen=True, kw_only=True)
class PaddedJpeg:
    """A photograph of exactly `size` bytes, made from `base` and unlike that of any other `seed`.

    The padding stands in comment segments behind the file's first one, so that every decoder
    reads the picture as before. Bytes are the same in every process. `size` is refused with a
    `ValueError` where `base` and a seed do not fit into it.
    """

    seed: str
    base: str
    size: int

    def __post_init__(self) -> None:
        if self.size < len(base_bytes(self.base)) + _SMALLEST_PADDING:
            raise ValueError(f"{self.base} does not fit into {self.size} bytes")

    def stream(self) -> Iterator[bytes]:
        """Yields the file in pieces of at most 64 KiB or the length of `base`."""
        whole = base_bytes(self.base)
        start = self._insertion_point(whole)
        yield whole[:start]
        yield from self._segments(self.size - len(whole))
        yield whole[start:]

    @cached_property
    def sha1(self) -> str:
        """The hexadecimal SHA-1 of the file; computed when first asked for."""
        digest = hashlib.sha1(usedforsecurity=False)
        for piece in self.stream():
            digest.update(piece)
        return digest.hexdigest()

    @staticmethod
    def _insertion_point(whole: bytes) -> int:
        # JFIF wants its own segment to come first.
        if whole[2:4] == _APP0:
            return 4 + int.from_bytes(whole[4:6], "big")
        return len(_SOI)

    def _segments(self, padding: int) -> Iterator[bytes]:
        number = 0
        while padding:
            payload = min(_LARGEST_PAYLOAD, padding - _SEGMENT_OVERHEAD)
            rest = padding - payload - _SEGMENT_OVERHEAD
            if 0 < rest < _SEGMENT_OVERHEAD:
                # What is left could not hold a segment of its own: leave room for one.
                payload -= _SEGMENT_OVERHEAD
            chance = random.Random(f"{self.seed}:{number}")
            length = (payload + 2).to_bytes(2, "big")
            yield _COMMENT + length + chance.randbytes(payload)
            padding -= payload + _SEGMENT_OVERHEAD
            number += 1
