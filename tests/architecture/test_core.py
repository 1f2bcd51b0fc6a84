"""The core imports nothing but the standard library, whatever is installed beside it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


def imported_packages(source: str) -> Iterator[str]:
    """The top-level packages that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def foreign_packages(source: str) -> set[str]:
    return set(imported_packages(source)) - sys.stdlib_module_names - {"curator_core"}


def test_the_core_imports_nothing_but_the_standard_library() -> None:
    foreign = {
        str(path.relative_to(CHECKOUT)): packages
        for path in (CHECKOUT / "curator_core").rglob("*.py")
        if (packages := foreign_packages(path.read_text()))
    }
    assert foreign == {}


@pytest.mark.parametrize(
    "source",
    ["import requests.sessions", "from pydantic import BaseModel", "def f():\n    import redis"],
)
def test_a_library_would_be_noticed(source: str) -> None:
    assert foreign_packages(source)


def test_the_core_can_be_imported_where_nothing_is_installed() -> None:
    """-I -S leaves out site-packages, so an import by any other means would fail as well."""
    program = (
        "import importlib, pkgutil, sys\n"
        f"sys.path.insert(0, {str(CHECKOUT)!r})\n"
        "import curator_core\n"
        "for module in pkgutil.walk_packages(curator_core.__path__, 'curator_core.'):\n"
        "    importlib.import_module(module.name)\n"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
