"""Runs notebooks, cell by cell, where nothing is installed but PyTorch, pandas, Plotly and what these need.

    python run_notebooks.py FILE.ipynb ...

Prints a JSON object for each: what its cells left behind, or how it failed, with what it printed.
"""

import ast
import contextlib
import importlib.machinery
import importlib.metadata
import io
import json
import re
import sys
import traceback
from pathlib import Path

INSTALLED = ("torch", "pandas", "plotly")


def needed(names=INSTALLED):
    """These distributions and all that they require without being asked for extras."""
    found, new = set(), {*names}
    while new:
        found |= new
        required = [line for name in new for line in requirements(name) if "extra ==" not in line]
        new = {re.match(r"[\w.-]+", line)[0].lower() for line in required} - found
    return found


def requirements(name):
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []  # for another kind of machine


class OnlyThese:
    """Finds the standard library and the modules of `allowed`, as if there were no others."""

    def __init__(self, allowed):
        self.allowed = allowed | sys.stdlib_module_names

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in self.allowed and not name.startswith("_sysconfigdata"):
            return None
        return importlib.machinery.PathFinder.find_spec(name, path, target)

    @staticmethod
    def find_distributions(context):
        return importlib.machinery.PathFinder.find_distributions(context)


def shut_out_others():
    """From here on only what is needed can be imported."""
    distributions = needed()
    modules = {
        module
        for module, owners in importlib.metadata.packages_distributions().items()
        if distributions & {owner.lower().replace("_", "-") for owner in owners}
    }
    sys.meta_path = [importlib.machinery.BuiltinImporter, importlib.machinery.FrozenImporter, OnlyThese(modules)]


def run_cell(source, known):
    """Run a cell and render the value of its last line, as Jupyter does."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), known)
    value = None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), known)
    return value.to_json() if hasattr(value, "to_plotly_json") else getattr(value, "_repr_html_", lambda: repr(value))()


def run_notebook(file):
    cells = json.loads(Path(file).read_text(encoding="utf-8"))["cells"]
    known, shown, printed = {"__name__": "__main__"}, [], io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            for cell in cells:
                if cell["cell_type"] == "code":
                    shown.append(run_cell("".join(cell["source"]), known))
    except Exception:
        return {"error": traceback.format_exc(), "printed": printed.getvalue()}
    board = known["board"]
    return {
        "error": "",
        "printed": printed.getvalue(),
        "shown": shown,
        "valid_losses": known["valid_losses"],
        "run_losses": known["RUN_LOSSES"],
        "board": {column: board[column].tolist() for column in board},
        "components": known["components"].tolist(),
        "popular": known["popular"].tolist(),
        "loaded": sorted({name.partition(".")[0] for name in sys.modules}),
    }


if __name__ == "__main__":
    shut_out_others()
    for name in sys.argv[1:]:
        print(json.dumps(run_notebook(name)), flush=True)
