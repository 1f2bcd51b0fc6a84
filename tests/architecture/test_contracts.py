"""Each import contract of pyproject.toml is proven by a planted violation."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
CONFIGURATION = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]
NAMES = {contract["id"]: contract["name"] for contract in CONFIGURATION["contracts"]}

Plant = dict[str, str]

# The contract that must notice, and what is planted: a module's path and its text.
VIOLATIONS: list[tuple[str, Plant]] = [
    ("shells", {"curator_web/planted.py": "import curator_worker"}),
    ("shells", {"curator_cli/planted.py": "import curator_web"}),
    ("shells", {"curator_adapters/planted.py": "import curator_web"}),
    ("shells", {"curator_core/domain/planted.py": "import curator_adapters"}),
    ("core-layers", {"curator_core/domain/planted.py": "import curator_core.ports"}),
    ("core-layers", {"curator_core/ports/planted.py": "import curator_core.use_cases"}),
    ("core-layers", {"curator_core/unplaced.py": ""}),
    (
        "core-layers",
        {
            "curator_core/application.py": "",
            "curator_core/use_cases/planted.py": "import curator_core.application",
        },
    ),
    ("core-library", {"curator_core/domain/planted.py": "def late():\n    import requests"}),
    ("core-outside", {"curator_core/use_cases/planted.py": "from time import sleep"}),
    (
        "bootstraps",
        {
            "curator_adapters/planted.py": "",
            "curator_web/planted.py": "from curator_adapters import planted",
        },
    ),
    ("bootstraps", {"curator_worker/planted.py": "import curator_adapters"}),
    ("bootstraps", {"curator_cli/planted.py": "import curator_adapters"}),
    (
        "families",
        {
            "curator_adapters/planted_one/__init__.py": "",
            "curator_adapters/planted_one/inside.py": "import curator_adapters.planted_two",
            "curator_adapters/planted_two/__init__.py": "",
        },
    ),
    (
        "families",
        {
            "curator_adapters/bootstrap.py": "",
            "curator_adapters/planted.py": "import curator_adapters.bootstrap",
        },
    ),
    (
        "cycles",
        {
            "curator_core/domain/planted_one.py": "import curator_core.domain.planted_two",
            "curator_core/domain/planted_two.py": "import curator_core.domain.planted_one",
        },
    ),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages, to plant something in."""
    folder = tmp_path_factory.mktemp("packages")
    for package in CONFIGURATION["root_packages"]:
        for module in (CHECKOUT / package).rglob("*.py"):
            copied = folder / module.relative_to(CHECKOUT)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, copied)
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def planted(request: pytest.FixtureRequest, copy: Path) -> Iterator[Path]:
    """The copy with a violation in it; afterwards as it was."""
    plant: Plant = request.param
    before: dict[Path, str | None] = {}
    for name, text in plant.items():
        path = copy / name
        before[path] = path.read_text() if path.exists() else None
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    yield copy
    for path, text_before in before.items():
        if text_before is None:
            path.unlink()
        else:
            path.write_text(text_before)


def broken_contracts(folder: Path) -> set[str]:
    """The names of the contracts that the packages in `folder` break."""
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    judged = dict(re.findall(r"^(.+) (KEPT|BROKEN)", run.stdout, re.MULTILINE))
    assert set(judged) == set(NAMES.values()), run.stdout + run.stderr
    broken = {name for name, judgement in judged.items() if judgement == "BROKEN"}
    assert run.returncode == bool(broken)
    return broken


def test_the_packages_keep_every_contract(copy: Path) -> None:
    assert broken_contracts(copy) == set()


@pytest.mark.parametrize(
    ("contract", "planted"),
    VIOLATIONS,
    indirect=["planted"],
    ids=[f"{contract}-{min(plant)}" for contract, plant in VIOLATIONS],
)
def test_a_planted_violation_is_noticed(contract: str, planted: Path) -> None:
    assert NAMES[contract] in broken_contracts(planted)


@pytest.mark.parametrize(
    "planted",
    [{f"curator_{shell}/bootstrap.py": "import curator_adapters"} for shell in ("web", "cli")],
    indirect=True,
    ids=["web", "cli"],
)
def test_a_bootstrap_may_choose_adapters(planted: Path) -> None:
    assert NAMES["bootstraps"] not in broken_contracts(planted)


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _ in VIOLATIONS} == set(NAMES)
