"""The part "notebook": the run as a lesson for Jupyter, see `notebook.py`."""

from pathlib import Path

from cf_core.exports.contents import Report, RunContents
from cf_core.exports.notebook import notebook
from cf_core.exports.part import Note, Part

NOTEBOOK = "notebook.ipynb"


def write(contents: RunContents, folder: Path, report: Report) -> list[Note]:
    """Write the notebook."""
    (folder / NOTEBOOK).write_text(notebook(contents.run, contents.ratings, contents.history), encoding="utf-8")
    report(1, 1)
    says = (
        "The run as a lesson for Jupyter: from the file of ratings to the map, in plain PyTorch, with the run's own "
        "random numbers, so that it comes to the same losses. It needs torch, pandas and plotly."
    )
    return [Note(NOTEBOOK, says, f'cells = json.load(open("{NOTEBOOK}", encoding="utf-8"))["cells"]')]


PART = Part("notebook", "Notebook", write, needs_factors=False, needs_epoch=True)
