"""A table with the button that saves it: what is in the file, under which headings, and that no cell is a formula."""

import ast
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.shared.table import csv_of_shown

PAGES = Path(__file__).parents[2] / "pages"
MOVIES = pd.DataFrame({"item_id": [318, 10], "title": ["=Shawshank", "Golden, Eye"], "bias": [1 / 3, -0.25]})


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the buttons of a script give, by the names of the files; each is pressed as soon as it is there."""
    files: dict[str, str] = {}
    offer = st.download_button

    def press(label: str, data: Callable[[], str], file_name: str, *args: Any, **options: Any) -> bool:
        files[file_name] = data()
        return offer(label, data, file_name, *args, **options)

    monkeypatch.setattr(st, "download_button", press)
    return files


def shown(
    data: Any = MOVIES, order: list[str] | None = None, columns: Any = None, hide: bool = True
) -> list[list[str]]:
    return rows(csv_of_shown(data, order, columns, hide))


def test_headings_are_those_on_the_screen():
    columns = {"title": "movie", "bias": st.column_config.NumberColumn("in stars", format="%.2f")}
    assert shown(columns=columns)[0] == ["item_id", "movie", "in stars"]


def test_a_column_without_a_heading_goes_by_its_name():
    columns = {"title": st.column_config.TextColumn(""), "bias": st.column_config.NumberColumn(format="%.2f")}
    assert shown(columns=columns)[0] == ["item_id", "title", "bias"]


def test_columns_that_are_not_shown_are_left_out_and_the_others_are_in_order():
    assert shown(order=["bias", "absent", "title"])[0] == ["bias", "title"]
    assert shown(columns={"item_id": None})[0] == ["title", "bias"]
    assert shown(order=["item_id", "title"], columns={"item_id": None})[0] == ["title"]


def test_numbers_are_in_full():
    columns = {"bias": st.column_config.NumberColumn(format="%.1f")}
    assert [float(row[2]) for row in shown(columns=columns)[1:]] == [1 / 3, -0.25]


def test_no_cell_and_no_heading_is_a_formula():
    columns = {"title": "=movie"}
    assert [row[1] for row in shown(columns=columns)] == ["'=movie", "'=Shawshank", "Golden, Eye"]
    assert shown(MOVIES.astype({"title": "category"}))[1][1] == "'=Shawshank"
    assert shown(MOVIES.set_index("title"), hide=False)[1][0] == "'=Shawshank"


def test_the_index_comes_first_where_it_is_shown():
    by_title = MOVIES.set_index("title")
    assert shown(by_title, hide=False)[0] == ["title", "item_id", "bias"]
    assert shown(by_title, columns={"_index": st.column_config.Column("movie")}, hide=False)[0][0] == "movie"
    assert shown(by_title)[0] == ["item_id", "bias"]
    assert shown(hide=False)[1][0] == "0"


def test_a_styler_gives_its_data():
    styled = MOVIES.style.format({"bias": "{:.1f}"})
    assert shown(styled) == shown()


def test_an_empty_table_has_its_headings():
    assert shown(MOVIES.head(0)) == [["item_id", "title", "bias"]]


def test_two_columns_may_have_one_heading():
    columns = {"item_id": "n", "bias": "n"}
    assert shown(order=["item_id", "bias"], columns=columns) == [["n", "n"], ["318", str(1 / 3)], ["10", "-0.25"]]


def test_times_lists_and_what_is_missing():
    table = pd.DataFrame(
        {
            "time": pd.to_datetime(["2026-01-02 03:04:05", None]),
            "stars": [[4.5, 5.0], np.array([1, 2])],
            "year": pd.array([None, 1995], dtype="Int64"),
        }
    )
    assert shown(table)[1:] == [["2026-01-02T03:04:05", "[4.5, 5.0]", ""], ["", "[1, 2]", "1995"]]


def test_the_button_stands_beside_the_table_and_names_the_file(saved: dict[str, str]):
    def script() -> None:
        import pandas as pd
        import streamlit as st

        from pages.shared.table import data_table

        movies = pd.DataFrame({"item_id": [318, 10], "title": ["=Shawshank", "Golden, Eye"]})
        picked = data_table(
            movies,
            key="best_movies",
            column_order=["title"],
            column_config={"title": "movie"},
            on_select="rerun",
            selection_mode="single-row",
            selection_default={"selection": {"rows": [1]}},
        )
        data_table(movies, key="other", name="with-ids", saved=movies)
        st.write(f"row {picked['selection']['rows']}")

    at = AppTest.from_function(script).run()
    assert not at.exception
    assert {name: rows(text) for name, text in saved.items()} == {
        "best-movies.csv": [["movie"], ["'=Shawshank"], ["Golden, Eye"]],
        "with-ids.csv": [["item_id", "title"], ["318", "'=Shawshank"], ["10", "Golden, Eye"]],
    }
    assert [len(frame.value) for frame in at.dataframe] == [2, 2]
    assert [button.label for button in at.download_button] == ["Save as CSV"] * 2
    assert all(button.proto.ignore_rerun for button in at.download_button)
    assert at.markdown[0].value == "row [1]"


def test_a_static_table_and_one_to_type_into(saved: dict[str, str]):
    def script() -> None:
        import pandas as pd

        from pages.shared.table import editable_table, static_table

        numbers = pd.DataFrame({"n": [-0.12345]}, index=["a"])
        static_table(numbers.map("{:.1f}".format), key="text", saved=numbers)
        editable_table(numbers, key="editor", name="typed", column_config={"_index": "who"})

    at = AppTest.from_function(script).run()
    assert not at.exception
    assert saved == {"text.csv": "n\n-0.12345\n", "typed.csv": "who,n\na,-0.12345\n"}
    assert (len(at.table), len(at.dataframe)) == (1, 1)


def test_in_the_app_a_table_saves_what_is_on_the_screen(visitor, fast_run, saved: dict[str, str]):
    visitor().open("best_and_worst")
    (header, *best) = rows(saved["best-movies.csv"])
    assert header[:3] == ["rank", "movie", "bias"]
    assert len(best) == 15


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.py")), ids=lambda path: path.relative_to(PAGES).as_posix())
def test_every_table_of_the_app_can_be_saved(path: Path):
    """None goes past pages/shared/table.py."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    found = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)}
    bare = found & {"dataframe", "table", "data_editor"}
    assert bare == ({"dataframe", "table", "data_editor"} if path == PAGES / "shared" / "table.py" else set())
