"""Hostile texts outside the browser: terminal, log, errors, CSV, script, and what the store keeps of names."""

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.map.movie_card import place_on_map
from cf_core.charts.map.movie_map import movie_map
from cf_core.data.split import SplitConfig
from cf_core.environment import PROJECT
from cf_core.errors import CFError, printable
from cf_core.runs.spec import RunSpec
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.spreadsheet import csv_of
from cf_core.teaching.plain_script import plain_script
from cf_core.training.recipes import RECIPES
from tests.hostile import LONG, TEXTS
from tests.tiny import write_tiny_data

EVERY = [*TEXTS, LONG, "nul\x00 and bell\x07", "two\nlines"]


def movies() -> pd.DataFrame:
    n = len(EVERY)
    return pd.DataFrame(
        {
            "item_id": range(n),
            "title": EVERY,
            "year": pd.array([1990] * n, dtype="Int64"),
            "genres": EVERY,
            "n_ratings": 5,
            "mean_rating": 3.0,
        }
    )


@pytest.mark.parametrize("text", EVERY)
def test_an_error_is_one_line_without_escape_characters(text: str) -> None:
    assert str(CFError(text)).isprintable()
    assert printable(text).isprintable()


def test_what_is_printable_stays() -> None:
    assert printable("Amélie – 千と千尋 (2001), “it’s”") == "Amélie – 千と千尋 (2001), “it’s”"


def test_names_and_notes_lose_control_characters_alone(tmp_path) -> None:
    workers = WorkerPool(tmp_path / "runs", n_workers=0)
    mine = Workspace(workers, new_token())
    run_id = mine.submit(RunSpec(str(tmp_path), SplitConfig(), RECIPES["fast"].config))
    mine.rename(run_id, "a\x1b[31m \u202eb\x00")
    mine.annotate(run_id, "one\n\ttwo\x07\u2066")
    mine.name_axis(run_id, "factors:1", "<b>\u202ea</b>")
    run = mine.get(run_id)
    assert (run.name, run.note) == ("a[31m b", "one\n\ttwo")
    assert run.axis_names == {"factors:1": "<b>a</b>"}
    workers.close()


def test_a_csv_file_holds_no_formula() -> None:
    (_header, *rows) = csv.reader(io.StringIO(csv_of(movies())))
    assert len(rows) == len(EVERY)
    for row in rows:
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "-", "\t", "\r"))


def test_axis_names_and_titles_are_no_tags_in_a_figure() -> None:
    coordinates, tag = np.zeros((len(EVERY), 3)), '<a href="http://evil.example/">Sign in</a>'
    figures = [
        movie_map(movies(), coordinates[:, :2], (tag, tag)),
        movie_map(movies(), coordinates, (tag, tag, tag)),
        place_on_map(movies(), coordinates[:, :2], (tag, tag), 0, [1]),
    ]
    for figure in figures:
        layout = json.loads(figure.to_json())["layout"]
        axes = [*layout.get("scene", {}).values(), *(layout[name] for name in layout if name[1:].startswith("axis"))]
        named = [axis["title"]["text"] for axis in axes if isinstance(axis, dict) and "title" in axis]
        assert len(named) >= 2
        assert not [text for text in named if "<" in text]


@pytest.mark.parametrize("text", EVERY)
def test_a_script_is_the_same_program_whatever_the_folder_is_called(text: str) -> None:
    script = plain_script(RECIPES["fast"].config, text, SplitConfig())
    names: dict[str, str] = {}
    (line,) = [line for line in script.splitlines() if line.startswith("DATA = ")]
    exec(line, names)
    assert names["DATA"].startswith(text)
    compile(script, "script", "exec")


def test_the_terminal_sees_no_escape_character(tmp_path) -> None:
    folder = write_tiny_data(tmp_path / "data", n_items=len(TEXTS))
    with (folder / "movies.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("movieId", "title", "genres"), *((n + 1, t, t) for n, t in enumerate(TEXTS))])
    for command in (
        ["crosstab", "--users", "5", "--movies", "16"],
        ["train", "--recipe", "fast", "--epochs", "1"],
        ["leaderboard", "latest"],
        ["leaderboard", "latest", "--json"],
        ["project", "latest"],
    ):
        runs = [] if command[0] == "crosstab" else ["--runs", str(tmp_path / "runs")]
        data = ["--data", str(folder)] if command[0] in ("crosstab", "train") else []
        said = subprocess.run(
            [sys.executable, "-m", "cf_core", *command, *runs, *data],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert said.returncode == 0, said.stderr
        assert said.stdout
        for line in (said.stdout + said.stderr).splitlines():
            assert line.isprintable(), (command, line)
