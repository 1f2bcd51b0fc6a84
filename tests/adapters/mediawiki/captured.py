"""Answers of a MediaWiki 1.43.9 with OAuth, Wikibase and MediaInfo, as they were recorded.

`index.json` lists all of them, each with its errors and the warnings of its uploads,
`errors.json` holds every error with its headers, `kinds.json` what each of them means to us,
`answers.json` good answers without what nobody reads, `background.json` what is told of files
assembled and published in the background, one answer after the other,
`warnings.json` the warnings of uploads, `entity.json` a file's structured data.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("captures")


def captured(name: str) -> Any:
    """The content of one of the files."""
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
