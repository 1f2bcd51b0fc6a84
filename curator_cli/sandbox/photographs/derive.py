"""Makes the sandbox's photographs from the sources that PROVENANCE.md names (run by hand).

`python -m curator_cli.sandbox.photographs.derive <folder with scikit-image's data>` writes
`NN-<scene>.jpg` (1024 × 768), `NN-<scene>.256.jpg` and `tiny.jpg` beside this file. The results
are committed, so neither the sandbox nor its tests need the sources.
"""

import sys
from pathlib import Path

from PIL import Image, ImageEnhance

SCENES = (
    "rocket.jpg",
    "coffee.png",
    "chelsea.png",
    "camera.png",
    "hubble_deep_field.jpg",
    "brick.png",
    "astronaut.png",
    "gravel.png",
)
FRAMES_PER_SCENE = 3
SIZE = (1024, 768)
# The smallest photograph of the demonstration has 100 kB: none may be larger before padding.
LARGEST = 92_000


def frame(source: Image.Image, step: int) -> Image.Image:
    """Returns frame `step` of a camera that moves from left to right over `source`."""
    width, height = source.size
    crop_width = min(width * 0.8, height * 0.8 * SIZE[0] / SIZE[1])
    crop_height = crop_width * SIZE[1] / SIZE[0]
    left = (width - crop_width) * step / (FRAMES_PER_SCENE - 1)
    top = (height - crop_height) * 0.1
    box = (int(left), int(top), int(left + crop_width), int(top + crop_height))
    cut = source.crop(box).resize(SIZE, Image.Resampling.LANCZOS)
    return ImageEnhance.Brightness(cut).enhance(0.92 + 0.08 * step)


def save_below(picture: Image.Image, path: Path, limit: int) -> None:
    """Saves `picture` with the best quality that keeps the file under `limit` bytes."""
    for quality in range(88, 20, -4):
        picture.save(path, "JPEG", quality=quality, optimize=True)
        if path.stat().st_size <= limit:
            return


def main(sources: Path) -> None:
    """Writes every photograph, its preview of 256 pixels, and the tiny one."""
    here = Path(__file__).parent
    number = 0
    for step in range(FRAMES_PER_SCENE):
        for scene in SCENES:
            number += 1
            stem = f"{number:02}-{scene.split('.')[0].replace('_', '-')}"
            with Image.open(sources / scene) as opened:
                picture = frame(opened.convert("RGB"), step)
            save_below(picture, here / f"{stem}.jpg", LARGEST)
            small = picture.resize((256, 192), Image.Resampling.LANCZOS)
            small.save(here / f"{stem}.256.jpg", "JPEG", quality=70, optimize=True)
            if number == 2:
                tiny = picture.resize((32, 24), Image.Resampling.LANCZOS).convert("L")
                tiny.save(here / "tiny.jpg", "JPEG", quality=30, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
