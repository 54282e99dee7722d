"""The rules of the house, read from the imports: no Streamlit in the engine, no arrow back up, all in its place."""

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]

FLOORS = (
    {"pages"},
    {"cli"},
    {"exports", "classroom"},
    {"charts", "runs"},
    {"sweeps", "tasks"},
    {"teaching", "layouts", "evaluation"},
    {"insight", "training", "by_hand", "tensors"},
    {"fitted_factors", "models"},
    {"data", "rating_scale"},
    {"config", "programs"},
    {"settings", "remote"},
    {"files", "environment", "words", "spreadsheet"},
    {"errors"},
)
"""From the top down. A room may import what is on lower floors, and itself; neighbours on a floor keep apart."""

WITH_TORCH = {
    "cf_core/tensors/cells.py",
    *(f"cf_core/models/{name}.py" for name in ("modules", "gradients", "shared_table", "build")),
    *(
        f"cf_core/training/{name}.py"
        for name in ("fit", "evaluate", "plain_loop", "state", "optimizers", "device", "checkpoint", "losses", "parts")
    ),
    *(f"cf_core/training/distributed/{name}.py" for name in ("gradients", "ranks", "team")),
    "cf_core/runs/execute.py",
    "cf_core/runs/follow.py",
    "cf_core/runs/workers/warm_up.py",
}
PROGRAMS = {"cf_core/layouts/umap_layout.py", "cf_core/tensors/program.py"}
"""What is only ever run, in a process of its own, and may load what the server must not: UMAP brings a compiler."""

FILES = [
    *sorted(path for folder in ("cf_core", "pages") for path in (PROJECT / folder).rglob("*.py")),
    PROJECT / "app.py",
]
NAMES = [path.relative_to(PROJECT).as_posix() for path in FILES]
ENGINE = [name for name in NAMES if name.startswith("cf_core/")]
SCRIPTS = [name for name in NAMES if name.startswith("pages/") and name.count("/") == 1 and "__init__" not in name]
SHARED = [name for name in NAMES if name.startswith("pages/shared/") and "__init__" not in name]


@functools.cache
def imports(name: str) -> frozenset[str]:
    """Every module that the file imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((PROJECT / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def module_of(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {module_of(name): name for name in NAMES}


def our_imports(name: str) -> set[str]:
    """The files of ours that the file imports."""
    found = {MODULES.get(module) or MODULES.get(module.rpartition(".")[0]) for module in imports(name)}
    return {other for other in found if other is not None}


def room_of(name: str) -> str:
    """The room of the house that a file of ours belongs to."""
    parts = module_of(name).split(".")
    if parts[0] in ("pages", "app"):
        return "pages"
    return "cli" if parts[1] == "__main__" else parts[1]


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "cf_core/__init__.py"])
def test_no_arrow_points_back_up(name):
    room = room_of(name)
    others = {room_of(other) for other in our_imports(name) if other != "cf_core/__init__.py"} - {room}
    assert {other for other in others if floor_of(other) <= floor_of(room)} == set()


def test_no_circle_of_files():
    arrows = {name: our_imports(name) - {name} for name in NAMES}
    while leaves := {name for name, others in arrows.items() if not others & arrows.keys()}:
        arrows = {name: others for name, others in arrows.items() if name not in leaves}
    assert arrows == {}


@pytest.mark.parametrize("name", ENGINE)
def test_the_engine_knows_nothing_of_streamlit(name):
    assert "streamlit" not in {module.split(".")[0] for module in imports(name)}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITH_TORCH])
def test_torch_is_imported_by_few(name):
    assert "torch" not in {module.split(".")[0] for module in imports(name)}


def test_programs_of_their_own_are_not_imported():
    assert not [name for name in NAMES if our_imports(name) & PROGRAMS]


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("pages/parts/")])
def test_parts_of_a_page_are_imported_by_that_page_alone(name):
    parts = name.split("/")
    users = {other for other in NAMES if name in our_imports(other)}
    if len(parts) == 4:
        home = (f"pages/{parts[2]}.py", f"pages/parts/{parts[2]}/")
        assert {user for user in users if not user.startswith(home)} == set()


@pytest.mark.parametrize("name", SHARED)
def test_what_is_shared_is_used_by_two_pages_or_more(name):
    """By a page's script, its parts, or the frame around all pages; another shared file counts for its own users."""

    def users(file: str, seen: frozenset[str] = frozenset()) -> set[str]:
        found: set[str] = set()
        for other in (other for other in NAMES if file in our_imports(other) and other not in seen):
            if other.startswith("pages/shared/"):
                found |= users(other, seen | {file})
            else:
                found.add(other.split("/")[2] if other.startswith("pages/parts/") else Path(other).stem)
        return found

    found = users(name)
    assert len(found) >= 2 or found == {"app"}


@pytest.mark.parametrize("name", [n for n in ENGINE if n.endswith("__init__.py") and n != "cf_core/__init__.py"])
def test_packages_import_nothing(name):
    statements = ast.parse((PROJECT / name).read_text(encoding="utf-8")).body
    assert [type(statement) for statement in statements] == [ast.Expr]


def test_what_pages_import_at_their_top_loads_neither_torch_nor_a_compiler():
    modules = [module_of(name) for name in ENGINE if name not in WITH_TORCH | PROGRAMS]
    code = f"""
import importlib, sys
for name in {modules!r}:
    importlib.import_module(name)
assert not {{"torch", "numba"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, timeout=300)
