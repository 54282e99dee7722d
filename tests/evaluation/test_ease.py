"""EASE: both ways against the paper's formula, the objective that it minimises, and a new row of ratings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from cf_core.errors import ConfigError, TooCostlyError
from cf_core.evaluation import ease
from cf_core.evaluation.ease import Ease, ease_as_in_the_paper


def draw_rated(n_users: int, n_items: int, seed: int = 0) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.random.default_rng(seed).random((n_users, n_items)) < 0.3).astype(np.float64))


@settings(max_examples=50)
@given(
    n_users=st.integers(1, 20), n_items=st.integers(1, 20), seed=st.integers(0, 1_000), penalty=st.floats(0.1, 1_000)
)
def test_both_ways_agree_with_the_paper(n_users: int, n_items: int, seed: int, penalty: float) -> None:
    rated = draw_rated(n_users, n_items, seed)
    expected = rated.toarray() @ ease_as_in_the_paper(rated.toarray(), penalty)
    assert Ease.fit(rated, penalty).scores(rated) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("n_users", [8, 30])
def test_a_new_row_is_scored_alike(n_users: int) -> None:
    rated, new = draw_rated(n_users, 12), draw_rated(3, 12, seed=1)
    expected = new.toarray() @ ease_as_in_the_paper(rated.toarray(), 2.0)
    assert Ease.fit(rated, 2.0).scores(new) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("n_users", [5, 40])
def test_in_parts_as_at_once(n_users: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rated = draw_rated(n_users, 12)
    at_once = Ease.fit(rated, 3.0).scores(rated)
    monkeypatch.setattr(ease, "_ROWS_AT_ONCE", 4)
    assert Ease.fit(rated, 3.0).scores(rated) == pytest.approx(at_once, abs=1e-12)


def test_two_movies_by_hand() -> None:
    """Users rated A, A and B, B. With λ = 1, XᵀX + λI = [[3, 1], [1, 3]], P = [[3, -1], [-1, 3]] / 8: B of A is 1/3."""
    rated = sparse.csr_matrix([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    expected = [[0, 1 / 3], [1 / 3, 1 / 3], [1 / 3, 0]]
    assert Ease.fit(rated, 1.0).scores(rated) == pytest.approx(np.array(expected))


def test_no_other_matrix_with_a_zero_diagonal_is_better() -> None:
    """It minimises ‖X - XB‖² + λ‖B‖² under diag B = 0."""
    x, penalty = draw_rated(20, 8).toarray(), 1.5
    b = ease_as_in_the_paper(x, penalty)
    gradient = -2 * x.T @ (x - x @ b) + 2 * penalty * b
    np.fill_diagonal(gradient, 0)
    assert np.diag(b) == pytest.approx(np.zeros(8))
    assert gradient == pytest.approx(np.zeros((8, 8)), abs=1e-10)


def test_what_it_cannot_fit_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="above 0"):
        Ease.fit(draw_rated(3, 4), 0)
    monkeypatch.setattr(ease, "LARGEST_SIDE", 3)
    Ease.fit(draw_rated(3, 10))
    with pytest.raises(TooCostlyError, match="Take a part of the data"):
        Ease.fit(draw_rated(4, 10))
