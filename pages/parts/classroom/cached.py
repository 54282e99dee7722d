"""What the page Class looks up and draws, once for all who watch a class: sixty of them ask for little more than one.

Charts know nothing of who looks at them, so that all are sent the same; the rings around one's own points are added to
what is drawn.
"""

from typing import NamedTuple

import streamlit as st

from cf_core.charts.classroom.board import board_parallel, board_scatter
from cf_core.charts.classroom.guesses import guess_spread, right_by_member
from cf_core.charts.classroom.ranking import ranking
from cf_core.classroom.board import Board, best_table, who_was_right
from cf_core.classroom.latest import Latest
from cf_core.classroom.records import Class, Member
from cf_core.words import Words
from pages.shared import cached
from pages.shared.cached import cache_for_all
from pages.shared.classes import classes
from pages.shared.plot.figure_diff import SerializedFigure

FRESH_SECONDS, WORDS_SECONDS = 1.0, 60.0


class Seen(NamedTuple):
    """A class as it is now."""

    class_: Class
    members: dict[str, Member]
    board: Board


def look(class_: Class) -> Seen:
    """The class at this moment, give or take a second."""
    board = classes().board(class_)
    return Seen(*_latest(class_.class_id).get(lambda: _now(class_)), board)


@st.cache_resource(max_entries=64, show_spinner=False)
def _latest(class_id: str) -> Latest[tuple[Class, dict[str, Member]]]:
    return Latest(FRESH_SECONDS)


def _now(class_: Class) -> tuple[Class, dict[str, Member]]:
    members = {member.member_id: member for member in classes().members(class_)}
    return classes().now(class_), members


def forget(class_: Class) -> None:
    """Look the class up anew at the next look."""
    _latest(class_.class_id).forget()


@st.cache_resource(ttl=WORDS_SECONDS, max_entries=64, show_spinner=False)
def _words(data: str) -> Words:
    return cached.ratings(data).words


def words_of(class_: Class) -> Words:
    """The nouns of its data set."""
    return _words(class_.task.data)


@cache_for_all(max_entries=32)
def scatter(class_id: str, version: str, across: str, words: Words, _board: Board) -> SerializedFigure:
    """Every run: a setting against RMSE."""
    best = [one.run_id for one in _board.best]
    return SerializedFigure.of(board_scatter(_board.rows, _board.free, across, best, None, words))


@cache_for_all(max_entries=32)
def parallel(class_id: str, version: str, _board: Board) -> SerializedFigure:
    """Every finished run over the axes of its settings."""
    return SerializedFigure.of(board_parallel(_board.rows, _board.free))


@cache_for_all(max_entries=32)
def ranked(class_id: str, version: str, words: Words, _board: Board) -> SerializedFigure:
    """The best of each."""
    return SerializedFigure.of(ranking(best_table(_board), None, words))


@cache_for_all(max_entries=32)
def spread(class_id: str, version: str, words: Words, _board: Board) -> SerializedFigure:
    """What was guessed."""
    return SerializedFigure.of(guess_spread(_board.guesses, words))


@cache_for_all(max_entries=32)
def right(class_id: str, version: str, _board: Board) -> SerializedFigure:
    """Who guessed right."""
    return SerializedFigure.of(right_by_member(who_was_right(_board), None))
