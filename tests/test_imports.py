"""The house's two rules, read from the imports: no Streamlit in the engine, and no arrow backwards.

pages -> charts, runs -> insight, by_hand, training -> models -> data; everybody may raise the errors and read the
configuration.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
VOCABULARY = {"errors", "config"}
BELOW = {
    "errors": set(),
    "config": set(),
    "data": set(),
    "shared_table": set(),
    "models": {"data", "shared_table"},
    "model_building": {"models"},
    "insight": {"data", "models"},
    "by_hand": {"data", "models"},
    "tensors": {"models"},
    "training": {"data", "models", "model_building", "insight"},
    "charts": {"data", "models", "insight", "training", "by_hand"},
    "runs": {"data", "models", "insight", "training"},
    "cli": {"data", "models", "insight", "training", "charts", "runs"},
    "pages": {"data", "models", "insight", "training", "charts", "runs", "by_hand", "tensors"},
}
"""What each part may import besides itself and the vocabulary."""

WITH_TORCH = {
    "cf_core/models.py",
    "cf_core/model_building.py",
    "cf_core/shared_table.py",
    "cf_core/tensors.py",
    *(f"cf_core/training/{name}.py" for name in ("fit", "state", "optimizers", "device", "checkpoint", "meter")),
    "cf_core/runs/execute.py",
    "cf_core/runs/warming.py",
}
PROGRAMS = {"cf_core/insight/umap_layout.py"}
"""What is only ever run, in a process of its own, and may load what the server must not: UMAP brings a compiler."""

FILES = sorted(path for folder in ("cf_core", "pages") for path in (PROJECT / folder).rglob("*.py"))
FILES += [path for path in [PROJECT / "app.py"] if path.exists()]
NAMES = [path.relative_to(PROJECT).as_posix() for path in FILES]
ENGINE = [name for name in NAMES if name.startswith("cf_core/")]


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(module: str) -> str:
    """The part of the house that a module of ours belongs to."""
    names = module.split(".")
    if names[0] in ("pages", "app"):
        return "pages"
    if names[:3] == ["cf_core", "training", "config"]:
        return "config"
    return "cli" if names[1] == "__main__" else names[1]


def module_of(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.mark.parametrize("name", NAMES)
def test_no_arrow_points_backwards(name):
    if name == "cf_core/__init__.py":
        return
    part = part_of(module_of(name))
    ours = {module for module in imports(PROJECT / name) if module.split(".")[0] in ("cf_core", "pages", "app")}
    wrong = {module for module in ours if part_of(module) not in BELOW[part] | VOCABULARY | {part}}
    assert not wrong


@pytest.mark.parametrize("name", ENGINE)
def test_the_engine_knows_nothing_of_streamlit(name):
    assert "streamlit" not in {module.split(".")[0] for module in imports(PROJECT / name)}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITH_TORCH])
def test_torch_is_imported_by_few(name):
    assert "torch" not in {module.split(".")[0] for module in imports(PROJECT / name)}


def test_programs_of_their_own_are_not_imported():
    programs = tuple(module_of(program) for program in PROGRAMS)
    assert not [name for name in NAMES if any(module.startswith(programs) for module in imports(PROJECT / name))]


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name.startswith("cf_core/") and name.endswith("__init__.py")]
)
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
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)
