"""What a data set says about itself."""

import json

import pytest

from cf_core.data.about import ABOUT, LONGEST_NAME, LONGEST_NOUN, About, read_about, write_about
from cf_core.data.reading import read_ratings
from cf_core.data.source import Folder
from cf_core.errors import BadValueError
from cf_core.words import MOVIES, Words
from tests.tiny import write_tiny_data

BOOKS = {"item": "book", "items": "books", "unit": "points"}


def test_data_that_say_nothing_are_about_movies(tmp_path):
    assert read_ratings(write_tiny_data(tmp_path, 10)).words == MOVIES


def test_what_is_written_is_read(tmp_path):
    words = Words("board game", "board games", "points")
    write_about(write_tiny_data(tmp_path, 10), About(words))
    assert read_ratings(tmp_path).words == words


def test_nouns_do_not_change_the_fingerprint(tmp_path):
    before = read_ratings(write_tiny_data(tmp_path, 10)).fingerprint
    write_about(tmp_path, About(Words(**BOOKS)))
    assert read_ratings(tmp_path).fingerprint == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 10_000,
        *(json.dumps(BOOKS | change) for change in (
            {"item": 3}, {"item": ""}, {"items": None}, {"item": "a\nb"}, {"item": "x" * (LONGEST_NOUN + 1)},
            {"items": "<b>"}, {"items": "*books*"}, {"item": "a_book_"}, {"unit": "thumbs"}, {"unit": []},
        )),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_cure(tmp_path, text):
    (tmp_path / ABOUT).write_text(text)
    with pytest.raises(BadValueError, match=r"about\.json: .*Write it as"):
        read_about(Folder(tmp_path))


def test_a_data_set_is_called_by_its_name_or_else_by_its_folder(tmp_path):
    folder = write_tiny_data(tmp_path / "0f3a", 10)
    assert read_ratings(folder).name == "0f3a"
    write_about(folder, About(Words(**BOOKS), "Mein *Regal*: =1+1"))
    assert read_ratings(folder).name == "Mein *Regal*: =1+1"
    assert read_about(Folder(folder)) == About(Words(**BOOKS), "Mein *Regal*: =1+1")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * (LONGEST_NAME + 1), 3, [], "\x1b[31m", "a\u202eb"])
def test_a_name_that_is_no_line_of_text_is_refused(tmp_path, name):
    (tmp_path / ABOUT).write_text(json.dumps(BOOKS | {"name": name}))
    with pytest.raises(BadValueError, match=r"about\.json: name is no line of text"):
        read_about(Folder(tmp_path))
