"""Every page on a data set that is not about movies: books by ids that are texts, 0 to 100 points, no timestamps, no
genres. No screen may say movie or star, and none may fail."""

import re
from typing import Any

import pytest

from cf_core.runs.spec import Run

PAGES = ("start", "data", "facts", "by_hand", "tensors", "id_map", "split", "train", "break_it", "compare", "runs")
FOREIGN = re.compile(r"\b(movies?|films?|stars?)\b", re.IGNORECASE)
ALLOWED = re.compile(
    r"movies\.csv|movieId|\b(the|this|no|stop) film|:material/\w+:|\"(key|uid|uirevision)\": ?\"\w+\"", re.IGNORECASE
)
"""A file's name, the film of a training, icons, and what only the program reads."""


def texts(at: Any) -> list[str]:
    """All that a page says: text, labels, options, help, columns of tables, and plots with what their hover says."""
    said = [f"{field}: {text}" for element in at for field, text in _of(element)]
    cleaned = [ALLOWED.sub("", text) for text in said]
    return [text[max(found.start() - 60, 0) : found.end() + 40] for text in cleaned for found in FOREIGN.finditer(text)]


def _of(element: Any) -> list[tuple[str, str]]:
    proto = getattr(element, "proto", None)
    found = [
        (name, str(getattr(proto, name)))
        for name in ("body", "label", "help", "placeholder", "text")
        if hasattr(proto, name)
    ]
    found += [("options", str(option)) for option in getattr(element, "options", [])]
    if element.type == "bidi_component" or hasattr(proto, "bytes"):
        found.append(("plot", proto.bytes.decode("utf-8", "replace")))
    return found


def everything(at: Any) -> list[str]:
    return texts([*at.main, *at.sidebar])


def test_the_lessons_data_are_about_movies(visitor, fast_run: Run) -> None:
    for page in set(PAGES) - {"compare"}:
        assert everything(visitor().open(page)), page


@pytest.mark.parametrize("page", PAGES)
def test_without_a_run(visitor, books, page: str) -> None:
    assert everything(visitor().open(page)) == []


@pytest.mark.parametrize("page", PAGES)
def test_with_a_run(visitor, books_run: Run, page: str) -> None:
    session = visitor()
    at = session.open(page)
    assert not at.error
    assert everything(at) == []


@pytest.mark.parametrize("view", ["corner", "tail", "users", "time"])
def test_views_of_the_data(visitor, books, view: str) -> None:
    session = visitor()
    session.at.query_params["data_view"] = view
    at = session.open("data")
    at.segmented_control(key="data_view").set_value(view).run()
    assert not at.exception and everything(at) == []


@pytest.mark.parametrize("view", ["Biases", "Prediction", "Numbers", "Model", "Code"])
def test_views_of_a_training(visitor, books_run: Run, view: str) -> None:
    at = visitor().open("train")
    at.segmented_control(key="train_view").set_value(view).run()
    assert not at.exception and everything(at) == []


def test_a_split_by_time_cannot_be_chosen_and_it_says_why(visitor, books) -> None:
    session = visitor()
    session.at.session_state["kind"] = "time"  # as chosen for other data
    for page in ("split", "train"):
        at = session.open(page)
        assert not at.error
        assert at.sidebar.segmented_control(key="only_kind").disabled
        assert "no timestamps" in session.says("caption")


def test_an_unknown_id_is_that_of_no_book(visitor, books) -> None:
    session = visitor()
    at = session.open("id_map")
    assert "The book ids are not numbers" in session.says("info")
    at.text_input(key="raw_movie").set_value("nothing").run()
    assert "The data hold no book with the id 'nothing'" in session.says("error")
