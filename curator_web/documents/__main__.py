"""Writes the committed documents anew, or says with `--check` which of them are out of date."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from curator_web.documents.asyncapi import asyncapi
from curator_web.documents.openapi import openapi
from curator_web.documents.text import text_of

FOLDER = Path("docs")
DOCUMENTS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "openapi.json": openapi,
    "asyncapi.json": asyncapi,
}


def main(arguments: list[str]) -> int:
    """The exit code: 1 where a committed document is not what the code says."""
    stale = []
    for name, make in DOCUMENTS.items():
        file, text = FOLDER / name, text_of(make())
        if "--check" not in arguments:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(str(file))
    if stale:
        sys.stderr.write(f"Out of date: {', '.join(stale)}. Run `make documents`.\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
