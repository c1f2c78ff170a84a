"""Where things live: which room may know which library, and how large a room may grow."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("ledger/**/*.py"), *ROOT.glob("cli/**/*.py")])
NAMES = [module.relative_to(ROOT).as_posix() for module in MODULES]
PACKAGES = [module for module in MODULES if module.name == "__init__.py"]

LARGEST_ROOM = 400
LARGEST_PACKAGE_FACE = 40
NAMES_THAT_SAY_NOTHING = {"base", "common", "helpers", "services", "utils"}

HOMES = {
    "alembic": ["ledger/store/"],
    "babel": ["ledger/locale/"],
    "cryptography": ["ledger/signing/"],
    "click": ["cli/"],
    "httpx": ["ledger/formats/"],
    "iso3166": ["ledger/"],
    "iso4217": ["ledger/money.py"],
    "jinja2": ["ledger/formats/"],
    "mt940": ["ledger/formats/bank/mt940.py"],
    "python_calamine": ["ledger/formats/workbook.py"],
    "prompt_toolkit": ["cli/conversation/"],
    "psycopg": ["ledger/store/"],
    "pyarrow": ["ledger/formats/parquet.py"],
    "pydantic": ["ledger/store/"],
    "rapidfuzz": ["ledger/locale/names.py", "ledger/reconcile/likeness.py", "ledger/reports/doubles.py"],
    "rich": ["cli/"],
    "sqlalchemy": ["ledger/store/"],
    "sqlite3": ["ledger/store/"],
    "sqlmodel": ["ledger/store/"],
    "typer": ["cli/"],
    "vl_convert": ["ledger/formats/drawing/png.py"],
    "xlsxwriter": ["ledger/formats/spreadsheet.py"],
}
"""The rooms in which each library may be imported; one that is not here has no room at all."""

every_module = pytest.mark.parametrize("module", MODULES, ids=NAMES)


def nodes(module: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(module.read_text(encoding="utf-8")))


def imports(module: Path) -> Iterator[tuple[str, int]]:
    """The first name of everything a module imports, lazily or at the top, and the line."""
    for node in nodes(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).split(".")[0], node.lineno


def test_there_are_rooms_to_look_at() -> None:
    assert any(name.startswith("ledger/") for name in NAMES)


@every_module
def test_each_library_is_imported_in_its_own_room_only(module: Path) -> None:
    name = module.relative_to(ROOT).as_posix()
    ours_or_standard = {"ledger", "cli", *(sys.stdlib_module_names - HOMES.keys())}
    strays = [
        f"{name}:{line} imports {library}, which lives in {HOMES.get(library, 'no room yet: give it one')}"
        for library, line in imports(module)
        if library not in ours_or_standard and not name.startswith(tuple(HOMES.get(library, ())))
    ]
    assert not strays


@pytest.mark.parametrize("library", ["typer", "rich"])
def test_the_ledger_does_not_know_that_there_is_a_command_line(library: str) -> None:
    assert not any(library in dict(imports(module)) for module in MODULES if module.is_relative_to(ROOT / "ledger"))


@every_module
def test_no_module_holds_or_makes_a_float(module: Path) -> None:
    floats = [
        node.lineno
        for node in nodes(module)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
    ]
    assert not floats, f"floats in lines {floats}"


@every_module
def test_no_room_is_too_large_to_read(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LARGEST_ROOM


@pytest.mark.parametrize("package", PACKAGES, ids=[package.parent.relative_to(ROOT).as_posix() for package in PACKAGES])
def test_the_face_of_a_package_is_short_and_defines_nothing(package: Path) -> None:
    defined = {
        node.name for node in nodes(package) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    lazy = {"__getattr__"} if package == ROOT / "ledger" / "__init__.py" else set()
    assert defined <= lazy
    assert len(package.read_text(encoding="utf-8").splitlines()) <= LARGEST_PACKAGE_FACE


@every_module
def test_every_name_says_what_is_inside(module: Path) -> None:
    parts = module.relative_to(ROOT).with_suffix("").parts
    assert not NAMES_THAT_SAY_NOTHING.intersection(part.strip("_") for part in parts)


@pytest.mark.skipif(find_spec("importlinter") is None, reason="import-linter comes with the dev extra")
def test_imports_run_down_the_floors() -> None:
    command = shutil.which("lint-imports", path=Path(sys.executable).parent) or "lint-imports"
    found = subprocess.run([command, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
