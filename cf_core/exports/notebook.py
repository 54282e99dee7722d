"""A run as a Jupyter notebook: a lesson of its own, from the file of ratings to the map, in plain PyTorch."""

from cf_core.data.ratings import Ratings
from cf_core.exports.notebook_cells import Cell
from cf_core.exports.notebook_data import data_cells
from cf_core.exports.notebook_intro import intro_cells
from cf_core.exports.notebook_lesson import Lesson
from cf_core.exports.notebook_model import model_cells
from cf_core.exports.notebook_results import result_cells
from cf_core.exports.notebook_training import training_cells
from cf_core.runs.run_names import run_name
from cf_core.runs.spec import Run
from cf_core.training.history import History

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(run: Run, ratings: Ratings, history: History, name: str = "", data: str = "") -> str:
    """The text of an `.ipynb` file that trains what `run` trained and comes to the same losses.

    It needs PyTorch, pandas and Plotly, and `ratings.csv` and `movies.csv` of the data. Its random numbers are those
    of the run, drawn from the same seeds in the same order, and so are the learning rates that were set by hand: on the
    same kind of processor its losses differ only by rounding. The same run gives the same text.

    Args:
        run: one that has ended.
        ratings: the data that it was trained on.
        history: of the run.
        name: what the run is called; by default the name that says how it differs.
        data: the folder of the data, as the notebook should name it; by default the name of the data.

    Raises:
        DataMismatchError: the run was trained on other ratings.
        MissingPartError: it is still in training, or has not trained one whole epoch.
    """
    lesson = Lesson.of(run, ratings, history, name or run_name(run), data or ratings.name)
    parts = (intro_cells, data_cells, model_cells, training_cells, result_cells)
    return _written([cell for part in parts for cell in part(lesson)])


def _written(cells: list[Cell]) -> str:
    """The cells as the text of a file, without outputs; checked against the format's own schema."""
    import nbformat  # here, because it takes a quarter of a second that only who asks for a notebook should wait
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    make = {"markdown": new_markdown_cell, "code": new_code_cell}
    made = [make[kind](source, id=cell_id) for kind, cell_id, source in cells]
    whole = new_notebook(cells=made, metadata=_METADATA)
    nbformat.validate(whole)
    return nbformat.writes(whole) + "\n"
