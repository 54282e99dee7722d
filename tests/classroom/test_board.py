"""The board's figures, from runs whose figures are known."""

import math

import pytest
from sqlalchemy import text

from cf_core.classroom.board import best_table, standing, who_was_right
from cf_core.classroom.classes import Classes
from cf_core.insight.baselines import Baseline
from cf_core.teaching.guesses import Guess


def change(workers, run_id, what):
    """Change the row of a run behind the store's back."""
    with workers.store.database.writing() as session:
        session.execute(text(f"UPDATE runs SET {what} WHERE run_id = :run_id"), {"run_id": run_id})


@pytest.fixture
def three(join):
    return join("Ada"), join("Ben"), join("Cleo")


def test_a_row_per_run_and_the_best_of_each_member_in_order(classes, class_, three, ended):
    ada, ben, _cleo = three
    first = ended(ada, [0.95, 0.9], n_factors=5, learning_rate=0.01)
    ended(ada, [0.92], n_factors=7)
    best = ended(ben, [0.9, 0.85], n_factors=9)
    board = classes.board(class_)
    assert list(board.rows["nickname"]) == ["Ada", "Ada", "Ben"]
    assert list(board.rows["rmse"]) == [0.9, 0.92, 0.85] and list(board.rows["epochs"]) == [2, 1, 2]
    assert list(board.rows["n_factors"]) == [5, 7, 9] and board.rows["learning_rate"][0] == 0.01
    assert [(one.rank, one.nickname, one.rmse, one.n_runs) for one in board.best] == [
        (1, "Ben", 0.85, 1),
        (2, "Ada", 0.9, 2),
    ]
    assert board.best[1].run_id == first and board.best[1].settings == {"n_factors": 5, "learning_rate": 0.01}
    assert classes.best_run(class_).run_id == best
    assert board.n_members == 3
    assert list(best_table(board)["n_factors"]) == [9, 5]


def test_where_a_member_stands_and_whose_settings_to_try(classes, class_, three, ended):
    ada, ben, cleo = three
    for member, rmse in ((ada, 0.9), (ben, 0.85)):
        ended(member, [rmse])
    board = classes.board(class_)
    first, second, unranked = (standing(board, member.member_id) for member in (ben, ada, cleo))
    assert (first.best.rank, first.of, first.ahead) == (1, 2, None)
    assert (second.best.rank, second.ahead.nickname) == (2, "Ben")
    assert (unranked.best, unranked.ahead.nickname) == (None, "Ada")


def test_equal_runs_share_a_rank_and_who_was_first_is_named_first(classes, class_, three, ended):
    for member, rmse in zip(three, (0.9, 0.9, 0.95), strict=True):
        ended(member, [rmse])
    board = classes.board(class_)
    assert [(one.rank, one.nickname) for one in board.best] == [(1, "Ada"), (1, "Ben"), (3, "Cleo")]
    assert standing(board, three[1].member_id).ahead is None
    assert standing(board, three[2].member_id).ahead.nickname == "Ben"


@pytest.mark.parametrize("outcome", ["stopped", "diverged", "failed", "running"])
def test_what_did_not_finish_is_shown_and_not_ranked(classes, class_, three, ended, outcome):
    ended(three[0], [0.5], outcome=outcome)
    board = classes.board(class_)
    assert board.best == [] and classes.best_run(class_) is None
    assert board.rows["state"][0] == {"running": "in training"}.get(outcome, outcome)
    assert math.isnan(board.rows["rmse"][0]) if outcome == "diverged" else board.rows["rmse"][0] == 0.5


def test_how_long_the_queue_is(classes, class_, three, ended):
    for member in three:
        classes.submit(class_, member, {})
    ended(three[0], [0.9], outcome="running")
    board = classes.board(class_)
    assert (board.n_waiting, board.n_training) == (3, 1)
    assert len(board.rows) == 4 and board.rows["rmse"].isna().sum() == 3


def test_runs_whose_process_died_are_not_in_the_queue(classes, class_, three, ended, workers):
    run_id = ended(three[0], [0.9], outcome="running")
    change(workers, run_id, "keeper = 'gone'")
    board = classes.board(class_)
    assert board.n_training == 0 and board.rows["state"][0] == "interrupted"


def test_a_deleted_run_leaves_the_board_and_comes_back(classes, class_, three, ended, workers):
    run_id = ended(three[0], [0.9])
    workers.store.delete(run_id)
    classes._reader(class_).forget()
    assert classes.board(class_).rows.empty and classes.board(class_).best == []
    workers.store.restore(run_id)
    classes._reader(class_).forget()
    assert classes.board(class_).best[0].run_id == run_id


def test_a_board_without_runs_is_whole(classes, class_):
    board = classes.board(class_)
    assert board.rows.empty and list(board.rows.columns[:5]) == [
        "run_id",
        "member_id",
        "nickname",
        "n_factors",
        "learning_rate",
    ]
    assert (board.best, board.n_members, board.n_waiting, len(who_was_right(board))) == ([], 0, 0, 0)


@pytest.mark.parametrize("either_place", ["folder"], indirect=True)  # the second runs while a run is submitted
def test_a_board_is_read_once_a_second_for_everybody(classes, class_, three, ended):
    ended(three[0], [0.9])
    board = classes.board(class_)
    classes.submit(class_, three[1], {})
    assert classes.board(class_) is board


def test_a_board_that_says_the_same_is_the_same_object(classes, class_, three, ended):
    ended(three[0], [0.9])
    board = classes.board(class_)
    classes._reader(class_).forget()
    assert classes.board(class_) is board
    classes.submit(class_, three[1], {})
    classes._reader(class_).forget()
    assert classes.board(class_) is not board and len(classes.board(class_).rows) == 2


@pytest.mark.parametrize("damage", ["'{'", "'{}'"])
def test_a_damaged_run_is_off_the_board_and_hides_no_other(classes, class_, three, ended, workers, damage):
    run_id, other = ended(three[0], [0.8]), ended(three[1], [0.9])
    change(workers, run_id, f"spec = {damage}")
    assert list(classes.board(class_).rows["run_id"]) == [other]


def test_guesses_before_and_after_the_end(classes, class_, three, ended, workers):
    ada, ben, _ = three
    guess = Guess(overfits=True, versus_last="better", previous_rmse=0.91)
    ended(ada, [0.9, 0.95], guess=guess)  # overfits, and is worse
    ended(ben, [0.95, 0.9], guess=guess)  # does neither
    classes.submit(class_, ada, {}, guess)
    board = classes.board(class_)
    assert list(board.rows["guess"]) == ["1 of 2 right", "1 of 2 right", "2 guesses"]
    found = {(row.nickname, row.question): (row.guess, row.truth, row.right) for row in board.guesses[:4].itertuples()}
    assert found == {
        ("Ada", "Against the last run"): ("better", "worse", False),
        ("Ada", "Overfitting"): ("overfits", "overfits", True),
        ("Ben", "Against the last run"): ("better", "better", True),
        ("Ben", "Overfitting"): ("overfits", "does not overfit", False),
    }
    assert list(board.guesses["right"][4:]) == [None, None] and list(board.guesses["truth"][4:]) == ["", ""]
    assert who_was_right(board)[["nickname", "right", "judged"]].values.tolist() == [["Ada", 1, 2], ["Ben", 1, 2]]


def test_a_run_that_diverged_is_worse_than_any_other(classes, class_, three, ended):
    ended(three[0], [0.9], outcome="diverged", guess=Guess(versus_last="worse", previous_rmse=0.91))
    assert classes.board(class_).guesses["right"].tolist() == [True]


@pytest.mark.parametrize(("baselines", "right"), [((Baseline("movie means", 0.9, 0.7, "", ""),), True), ((), None)])
def test_guesses_about_baselines_need_baselines(workers, class_, three, ended, baselines, right):
    ended(three[0], [0.5, 0.4], guess=Guess(beats="movie means", overfits=False))
    board = Classes(workers, lambda _: baselines).board(class_)
    judged = {row.question: row.right for row in board.guesses.itertuples()}
    assert judged == {"Overfitting": True, "Strongest baseline it beats": right}


def test_a_run_that_was_resumed_is_judged_anew(classes, class_, three, ended, workers):
    run_id = ended(three[0], [0.9, 0.95], outcome="stopped", guess=Guess(overfits=True))
    assert classes.board(class_).guesses["right"].tolist() == [True]
    change(workers, run_id, "outcome = 'queued', ended = NULL")
    classes._reader(class_).forget()
    assert classes.board(class_).guesses["right"].tolist() == [None]
