"""The notebook: valid, safe, and run from top to bottom where only PyTorch, pandas and Plotly are installed it comes to
the losses of the run."""

import ast
import html
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from cf_core.config import ModelConfig, Phase, TrainingConfig, with_settings
from cf_core.data.ratings import Ratings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import DataMismatchError, MissingPartError
from cf_core.exports.notebook import notebook
from cf_core.exports.notebook_cells import safe
from cf_core.exports.notebook_lesson import Lesson
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.leaderboard import leaderboard
from cf_core.insight.projection import project
from cf_core.runs.spec import Run
from cf_core.runs.texts import one_line
from cf_core.training.commands import Command, FollowSchedule, SetLearningRate, Stop
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from tests.books import write_books
from tests.exports.runs import go_on, run_of, trained
from tests.hostile import TEXTS
from tests.tiny import write_tiny_data

RUNNER = Path(__file__).with_name("run_notebooks.py")
LEARNER = RECIPES["notebook-learner"].config
SMALL = replace(LEARNER, model=replace(LEARNER.model, n_factors=8), batch_size=32)
RANDOM, TIME, LAST_K = SplitConfig(), SplitConfig(0.25, kind="time"), SplitConfig(kind="last-k", k=2)
MANY = Phase(3, 1e-2, "cosine")
HELD = SetLearningRate(0.003)


@dataclass(frozen=True)
class Case:
    """A run that is made in a test, and steered."""

    config: TrainingConfig
    split: SplitConfig = RANDOM
    steer: tuple[tuple[int, int, Command], ...] = ()
    goes_on: Phase | None = None


CASES = {
    **{name: Case(with_settings(recipe.config, {"batch_size": 32})) for name, recipe in RECIPES.items()},
    "by time": Case(SMALL, TIME),
    "last ratings of each user": Case(SMALL, LAST_K),
    "sparse": Case(replace(SMALL, update="sparse")),
    "sparse with momentum": Case(replace(SMALL, update="sparse", optimizer="sgd", momentum=0.9)),
    "adamw": Case(replace(SMALL, optimizer="adamw")),
    "one factor": Case(with_settings(SMALL, {"n_factors": 1})),
    "two factors": Case(with_settings(SMALL, {"n_factors": 2})),
    "dot product with a range": Case(replace(SMALL, model=ModelConfig("dot", n_factors=8, range_margin=0.25))),
    "net with a seed": Case(with_settings(RECIPES["notebook-net"].config, {"batch_size": 64, "seed": 2**31 - 1})),
    "went on": Case(replace(SMALL, phases=(Phase(2, 1e-2),)), goes_on=Phase(2, 1e-3, "one-cycle")),
    "steered": Case(replace(SMALL, phases=(MANY,)), steer=((1, 4, HELD), (2, 2, FollowSchedule()))),
    "steered to the end": Case(replace(SMALL, phases=(MANY,)), steer=((2, 3, HELD),)),
    "steered over phases": Case(replace(SMALL, phases=(Phase(2, 1e-2), Phase(2, 1e-4))), steer=((2, 3, HELD),)),
    "steered, went on": Case(replace(SMALL, phases=(MANY,)), steer=((3, 3, HELD),), goes_on=Phase(2, 0.02)),
    "stopped": Case(replace(SMALL, phases=(MANY,)), steer=((2, 3, Stop()),)),
    "stopped, went on": Case(replace(SMALL, phases=(MANY,)), steer=((2, 3, Stop()),), goes_on=Phase(2, 0.02)),
}
EMBEDDED_RECIPES = ("notebook-learner", "fast")
BOOKS, POINTS = "strange books", "points"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_data(tmp_path_factory.mktemp("data") / "tiny", 25)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ids that are text, some like numbers or like nothing, no timestamps, and titles full of signs."""
    folder = tmp_path_factory.mktemp("data") / "a_b <i>*c*"
    folder.mkdir()
    draw = np.random.default_rng(1)
    users = ["NA", "null", "007", "7", 'q"u"', "a b", *(f"u{i}" for i in range(20))]
    books = ["nan", "1", "01", "x,y", *(f"{i}$" for i in range(12))]
    rows = [(user, book, draw.integers(1, 6)) for user in users for book in books if draw.random() < 0.6]

    def quoted(*values: object) -> str:
        return ",".join('"' + str(value).replace('"', '""') + '"' for value in values)

    ratings = ["userId,movieId,rating", *(f"{quoted(user, book)},{rating}" for user, book, rating in rows)]
    titles = [f"{quoted(book, f'<b>{book}</b> $x$ | `{i}` &amp;', 'None')}" for i, book in enumerate(books)]
    (folder / "ratings.csv").write_text("\n".join([*ratings, ""]))
    (folder / "movies.csv").write_text("\n".join(["movieId,title,genres", *titles, ""]))
    words = {"item": "l'œuvre", "items": "l'œuvres d-art", "unit": "points"}
    (folder / "about.json").write_text(json.dumps(words))
    return folder


def made(case: Case, ratings: Ratings) -> tuple[Run, History, FittedFactors]:
    """The run of a case."""
    state, history = trained(case.config, case.split, ratings, case.steer)
    config, outcome = case.config, history.ended.outcome
    if case.goes_on is not None:
        begun = len(history.epochs) + (state.epoch_progress.n_batches > 0)
        config = config.continued(begun, case.goes_on)
        state.config, history.ended, outcome = config, None, "finished"
        go_on(state, history)
    return run_of(history, config, case.split, ratings, outcome), history, state.fitted_factors()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, tiny: Path, books: Path) -> dict[str, dict[str, Any]]:
    """What came of every notebook, and the factors of its run. One process runs them all, for PyTorch starts slowly."""
    folder = tmp_path_factory.mktemp("notebooks")
    cases = {name: (case, tiny) for name, case in CASES.items()}
    cases |= {BOOKS: (Case(SMALL), books)}
    points = write_books(folder / "points")
    cases |= {f"{POINTS} {name}": (Case(recipe.config), points) for name, recipe in RECIPES.items()}
    cases |= {f"embedded {name}": (Case(RECIPES[name].config), EMBEDDED) for name in EMBEDDED_RECIPES}
    files, runs = {}, {}
    for name, (case, data) in cases.items():
        ratings = read_ratings(data)
        run, history, factors = made(case, ratings)
        files[name] = folder / f"{len(files)}.ipynb"
        files[name].write_text(notebook(run, ratings, history, data=str(data)), encoding="utf-8")
        runs[name] = {"history": history, "factors": factors, "ratings": ratings}
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, RUNNER, *files.values()]
    ran = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    printed = [json.loads(line) for line in ran.stdout.splitlines()]
    return {name: {**runs[name], **result} for name, result in zip(files, printed, strict=True)}


NAMES = [*CASES, BOOKS, *(f"{POINTS} {name}" for name in RECIPES), *(f"embedded {name}" for name in EMBEDDED_RECIPES)]


@pytest.mark.parametrize("name", NAMES)
def test_run_from_top_to_bottom_it_comes_to_the_losses_of_the_run(
    name: str, results: dict[str, dict[str, Any]]
) -> None:
    """To four digits, for it draws the same random numbers; that would leave no room for a wrong setting."""
    result = results[name]
    assert result["error"] == ""
    recorded = [epoch.valid_loss for epoch in result["history"].epochs]
    assert result["valid_losses"] == pytest.approx(recorded, rel=1e-3, abs=1e-4)
    assert result["run_losses"] == pytest.approx(recorded, rel=1e-5)
    assert ": within 0.01, as it should be" in result["printed"]
    assert "These are not the data" not in result["printed"]
    assert not {"sklearn", "scipy", "pyarrow", "streamlit", "nbformat", "cf_core", "IPython"} & {*result["loaded"]}


def test_by_hand_it_predicts_as_the_model_does(results: dict[str, dict[str, Any]]) -> None:
    for result in results.values():
        pairs = re.findall(r"by hand (-?[\d.]+), by the model (-?[\d.]+);", result["printed"])
        assert len(pairs) == 2
        assert [float(hand) for hand, _ in pairs] == pytest.approx([float(model) for _, model in pairs], abs=2e-4)


def test_best_and_map_are_those_of_the_lab(results: dict[str, dict[str, Any]]) -> None:
    result = results["embedded notebook-learner"]
    best = leaderboard(result["factors"], result["ratings"], top=3_000)
    own = sorted(zip(result["board"]["bias"], result["board"]["title"], strict=True), reverse=True)
    assert [title for _, title in own[:10]] == best["title"].head(10).tolist()
    assert [bias for bias, _ in own] == pytest.approx(best["bias"].tolist(), abs=1e-3)
    projection = project(result["factors"], result["ratings"], n_components=2)
    assert result["ratings"].items.index_of(projection.movies["item_id"]).tolist() == result["popular"]
    for own_component, lab_component in zip(result["components"], projection.components, strict=True):
        assert np.array(own_component) @ lab_component == pytest.approx(1, abs=1e-3)


def test_without_biases_it_says_so_and_ranks_by_predictions(results: dict[str, dict[str, Any]], tiny: Path) -> None:
    for name in ("notebook-dot", "notebook-net"):
        assert set(results[name]["board"]) == {"title", "mean prediction", "ratings", "mean rating"}
        assert "**no biases**" in source(*made(CASES[name], read_ratings(tiny))[:2], read_ratings(tiny))
    assert "no biases" not in source(*made(CASES["fast"], read_ratings(tiny))[:2], read_ratings(tiny))


def source(run: Run, history: History, ratings: Ratings, kind: str = "markdown", **more: str) -> str:
    cells = json.loads(notebook(run, ratings, history, **more))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == kind)


@pytest.fixture(scope="module")
def quick(tiny: Path) -> tuple[Run, History, Ratings]:
    ratings = read_ratings(tiny)
    run, history, _ = made(Case(SMALL), ratings)
    return run, history, ratings


def test_it_is_a_valid_file_without_outputs_and_small(quick: tuple[Run, History, Ratings]) -> None:
    run, history, ratings = quick
    text = notebook(run, ratings, history)
    assert text == notebook(run, ratings, history)
    read = nbformat.reads(text, as_version=4)
    nbformat.validate(read)
    assert read.metadata.kernelspec.name == "python3"
    assert all(not cell.outputs and cell.execution_count is None for cell in read.cells if cell.cell_type == "code")
    assert len({cell.id for cell in read.cells}) == len(read.cells) > 30
    assert len(text.encode()) < 100_000


@pytest.mark.parametrize("name", CASES)
def test_nothing_in_it_is_unused_and_no_line_is_long(name: str, tiny: Path) -> None:
    ratings = read_ratings(tiny)
    run, history, _ = made(CASES[name], ratings)
    text = source(run, history, ratings, "code")
    tree = ast.parse(text)
    loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    imported = {alias.asname or alias.name for node in ast.walk(tree) for alias in getattr(node, "names", ())}
    assert (stored | {one.partition(".")[0] for one in imported}) - {"_"} <= loaded
    assert max(map(len, text.splitlines())) <= 120


def test_it_says_what_the_run_was(quick: tuple[Run, History, Ratings]) -> None:
    run, history, ratings = quick
    text = source(run, history, ratings, name="Mine")
    assert text.startswith("# Mine\n")
    assert (
        f"validation loss (MSE) {history.epochs[-1].valid_loss:.4f}, RMSE {history.epochs[-1].rmse:.4f} stars" in text
    )
    assert "| Epochs | 3 at learning rate 0.01, cosine cycles |" in text
    assert "20% of the ratings, drawn with seed 42" in text
    code = source(run, history, ratings, "code", data='a "b"\\c')
    assert 'DATA = "a \\"b\\"\\\\c"' in code
    assert "N_FACTORS = 8" in code


def test_names_are_text_and_never_markup(books: Path) -> None:
    ratings = read_ratings(books)
    run, history, _ = made(Case(SMALL), ratings)
    text = source(run, history, ratings, name="<script>x</script> | [a](b) $y$ \\(z\\)\n# `c`")
    markup = ("<script>", "<i>", "*c*", "[a]", "$", "`c`", "\\(", "www.")
    assert not [sign for sign in markup if sign in text]
    assert "&#60;script&#62;x" in text
    assert "movie" not in text.replace("movies.csv", "") and "stars" not in text


@pytest.mark.parametrize(
    "written", ["plain words, 3", "a\nb", "www.example.org", "$$", "\\[x\\]", "1. b", "<&>", *TEXTS]
)
def test_safe_text_has_one_line_and_only_plain_signs(written: str) -> None:
    assert re.fullmatch(r"[\w ,'%()-]*", re.sub(r"&#\d+;", "", safe(written)))
    assert html.unescape(safe(written)) == one_line(written)


def test_hovers_and_tables_show_titles_as_text(results: dict[str, dict[str, Any]]) -> None:
    shown = results[BOOKS]["shown"]
    figures = [json.loads(text) for text in shown if text.startswith('{"data"')]
    assert len(figures) == 2
    hovers = figures[1]["data"][0]["hovertext"]
    assert hovers and all("<b>" not in hover and "$" not in hover and "&lt;b&gt;" in hover for hover in hovers)
    tables = [text for text in shown if text.startswith("<div>")]
    assert tables and not any("<b>" in table for table in tables)


def test_steps_set_by_hand_are_where_they_were_taken(tiny: Path) -> None:
    ratings = read_ratings(tiny)
    for name, expected_end in (("steered to the end", 3), ("steered over phases", 4), ("steered, went on", 3)):
        run, history, _ = made(CASES[name], ratings)
        lesson = Lesson.of(run, ratings, history, "", "")
        n_batches = history.started.n_batches
        [(first, last, rate)] = lesson.steered()
        assert rate == 0.003
        assert (last, first // n_batches + 1) == (expected_end * n_batches, CASES[name].steer[0][0])


def test_a_run_that_has_not_got_through_an_epoch_has_no_notebook(quick: tuple[Run, History, Ratings]) -> None:
    run, history, ratings = quick
    with pytest.raises(MissingPartError, match="whole epoch"):
        notebook(replace(run, outcome="running"), ratings, history)
    with pytest.raises(MissingPartError, match="whole epoch"):
        notebook(replace(run, outcome="stopped"), ratings, History())
    with pytest.raises(DataMismatchError):
        notebook(replace(run, fingerprint="other"), ratings, history)
