"""The rules of the house, read from the imports: no Streamlit in the engine, no arrow back up, all in its place."""

import ast
import functools
import subprocess
import sys
from pathlib import Path

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
        for name in (
            "fit",
            "evaluate",
            "plain_loop",
            "state",
            "optimizers",
            "device",
            "checkpoint",
            "losses",
            "parts",
            "rows",
        )
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


@functools.cache
def our_imports(name: str) -> frozenset[str]:
    """The files of ours that the file imports."""
    found = {MODULES.get(module) or MODULES.get(module.rpartition(".")[0]) for module in imports(name)}
    return frozenset(other for other in found if other is not None)


def users_of(name: str) -> set[str]:
    """The files of ours that import the file."""
    return {other for other in NAMES if name in our_imports(other)}


def room_of(name: str) -> str:
    """The room of the house that a file of ours belongs to."""
    parts = module_of(name).split(".")
    if parts[0] in ("pages", "app"):
        return "pages"
    return "cli" if parts[1] == "__main__" else parts[1]


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def test_no_arrow_points_back_up():
    root = "cf_core/__init__.py"
    arrows = {(name, other) for name in NAMES for other in our_imports(name) if root not in (name, other)}
    between = {(name, room_of(name), room_of(other)) for name, other in arrows}
    assert between
    assert {arrow for arrow in between if arrow[1] != arrow[2] and floor_of(arrow[2]) <= floor_of(arrow[1])} == set()


def test_no_circle_of_files():
    arrows = {name: our_imports(name) - {name} for name in NAMES}
    while leaves := {name for name, others in arrows.items() if not others & arrows.keys()}:
        arrows = {name: others for name, others in arrows.items() if name not in leaves}
    assert arrows == {}


def importers_of(package: str) -> set[str]:
    """The files of ours that import it."""
    return {name for name in NAMES if package in {module.split(".")[0] for module in imports(name)}}


def test_the_engine_knows_nothing_of_streamlit():
    assert importers_of("streamlit")
    assert importers_of("streamlit") & set(ENGINE) == set()


def test_torch_is_imported_by_few():
    assert importers_of("torch") - WITH_TORCH == set()


def test_programs_of_their_own_are_not_imported():
    assert not [name for name in NAMES if our_imports(name) & PROGRAMS]


def test_parts_of_a_page_are_imported_by_that_page_alone():
    parts = [name for name in NAMES if name.startswith("pages/parts/") and name.count("/") == 3]
    home = {name: (f"pages/{name.split('/')[2]}.py", f"pages/parts/{name.split('/')[2]}/") for name in parts}
    assert parts
    assert {(name, user) for name in parts for user in users_of(name) if not user.startswith(home[name])} == set()


def test_what_is_shared_is_used_by_two_pages_or_more():
    """By a page's script, its parts, or the frame around all pages; another shared file counts for its own users."""

    def pages_of(file: str, seen: frozenset[str] = frozenset()) -> set[str]:
        found: set[str] = set()
        for other in users_of(file) - seen:
            if other.startswith("pages/shared/"):
                found |= pages_of(other, seen | {file})
            else:
                found.add(other.split("/")[2] if other.startswith("pages/parts/") else Path(other).stem)
        return found

    pages = {name: pages_of(name) for name in SHARED}
    assert {name: found for name, found in pages.items() if len(found) < 2 and found != {"app"}} == {}


def test_packages_import_nothing():
    packages = [name for name in ENGINE if name.endswith("__init__.py") and name != "cf_core/__init__.py"]
    contents = {name: ast.parse((PROJECT / name).read_text(encoding="utf-8")).body for name in packages}
    assert {name for name, found in contents.items() if [type(part) for part in found] != [ast.Expr]} == set()


def test_what_pages_import_at_their_top_loads_neither_torch_nor_a_compiler():
    modules = [module_of(name) for name in ENGINE if name not in WITH_TORCH | PROGRAMS]
    code = f"""
import importlib, sys
for name in {modules!r}:
    importlib.import_module(name)
assert not {{"torch", "numba"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, timeout=300)
