"""Documents as texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def text_of(document: Mapping[str, Any]) -> str:
    """As it is committed and served."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
