"""The board's figures, from runs whose figures are known."""

import pytest


@pytest.fixture
def three(join):
    return join("Ada"), join("Ben"), join("Cleo")


def test_a_row_per_run_and_the_best_of_each_member_in_order(classes, class_, three, ended):
    ada, ben, _ = three
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
