"""The beginning of a notebook: what the run is, what it takes to follow it, and the idea behind it."""

from cf_core.config import Phase, TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.exports.notebook_cells import Cell, code, safe, text
from cf_core.exports.notebook_lesson import Lesson
from cf_core.settings import format_value

_KINDS = {
    "dot": "dot product of factors",
    "bias": "dot product of factors, and biases",
    "net": "small neural net on the factors",
    "implicit": "dot product of factors, and biases; the factors also learn who rated what",
}
_OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}


def intro_cells(lesson: Lesson) -> list[Cell]:
    """Title, settings, imports, and the idea."""
    return [
        text("title", *_title(lesson)),
        code("imports", *_imports(lesson.config)),
        text("idea", *_idea(lesson)),
    ]


def _title(lesson: Lesson) -> list[str]:
    rows = [("", ""), ("---", "---"), *_settings(lesson)]
    return [
        f"# {safe(lesson.name)}",
        "One run of CF Lab, taken apart. This notebook reads the ratings, builds the model, trains it in plain "
        f"PyTorch, and looks at what it has learned about {lesson.words.items}. Run its cells from top to bottom: the "
        "random numbers are those of the run, so the losses should come out as they did in the lab.",
        "\n".join(f"| {left} | {right} |" for left, right in rows),
        "It needs `torch`, `pandas` and `plotly`. Where one is missing, run `%pip install torch pandas plotly` in a "
        "cell of its own.",
    ]


def _settings(lesson: Lesson) -> list[tuple[str, str]]:
    config, ratings, last = lesson.config, lesson.ratings, lesson.history.epochs[-1]
    counts = f"{ratings.n_ratings:,} ratings, {ratings.n_users:,} users, {ratings.n_items:,} {lesson.words.items}"
    steps = " in sparse steps" if config.update == "sparse" else ""
    return [
        ("Data", f"{safe(ratings.name)}: {counts}"),
        ("Recipe", safe(config.recipe)),
        ("Model", f"{_KINDS[config.model.kind]}; {config.model.n_factors} factors"),
        ("Optimiser", f"{_OPTIMIZERS[config.optimizer]}{steps}, weight decay {format_value(config.weight_decay)}"),
        ("Epochs", ", then ".join(_said(phase) for phase in config.phases)),
        ("Batch", f"{config.batch_size:,} ratings"),
        ("Validation", _validation(lesson.split)),
        ("Seed", str(config.seed)),
        ("Came to", f"validation loss (MSE) {last.valid_loss:.4f}, RMSE {last.rmse:.4f} {lesson.words.unit}"),
    ]


def _said(phase: Phase) -> str:
    planned = "" if phase.cut_after is None else f" of {phase.n_epochs}"
    schedule = {"constant": "", "cosine": ", cosine cycles"}.get(phase.schedule, f", {phase.schedule}")
    return f"{phase.n_trained}{planned} at learning rate {format_value(phase.learning_rate)}{schedule}"


def _validation(split: SplitConfig) -> str:
    if split.kind == "last-k":
        return f"the last {split.k} ratings of each user"
    share = f"{split.valid_fraction:.0%} of the ratings"
    return f"the latest {share}" if split.kind == "time" else f"{share}, drawn with seed {split.seed}"


def _imports(config: TrainingConfig) -> list[str]:
    needs_math = config.model.start_at_mean or config.model.kind == "net"
    return [
        "import importlib.util",
        *(["import math"] if needs_math else []),
        "from html import escape",
        "from pathlib import Path",
        "",
        "import numpy as np",
        "import pandas as pd",
        "import plotly.graph_objects as go",
        "import torch",
        "from plotly.subplots import make_subplots",
        "from torch import nn",
        "",
        "pd.options.display.html.use_mathjax = False  # a dollar in a title is a dollar",
        'if importlib.util.find_spec("nbformat") is None:',
        "    go.Figure._ipython_display_ = None  # needs nbformat; without it, Jupyter draws figures in another way",
        "",
        "",
        "def as_text(written):",
        '    """A title as Plotly should show it: as it is, without HTML and TeX in it."""',
        '    return escape(written, quote=False).replace("$", "&#36;")',
    ]


def _idea(lesson: Lesson) -> list[str]:
    items = lesson.words.items
    return [
        "## Collaborative filtering",
        f"Think of a large table with a row for each user, a column for each of the {items}, and ratings in some of "
        "the cells. To *recommend* is to say what would stand in the empty ones. Collaborative filtering does so from "
        f"the filled ones alone: it is told nothing of a user but what they rated, and nothing of the {items} at all.",
        f"The trick is to give every user and every one of the {items} a short list of numbers, its **factors**, and "
        "to predict a rating from the two lists. Nobody says what a factor should mean. All begin as small random "
        "numbers, and gradient descent moves them until the predictions fit the ratings that we have. What was hidden "
        "in who likes what with what, such as a taste for the light or the dark, then shows up in them: hence "
        "*latent* factors. The table of all lists is called an **embedding**.",
    ]
