"""One rating under investigation, and how good the neighbours are on the whole."""

import numpy as np
import pytest

from cf_core.insight.detective import investigate, neighbour_errors, similar_movies, similar_raters, validation_row
from cf_core.insight.fitted_ratings import fitted_ratings
from cf_core.insight.neighbour_record import neighbour_record
from cf_core.insight.neighbourhood import TrainingCells, directions_by_factors, directions_by_ratings, from_neighbours
from tests.insight.small_model import CONFIG, model
from tests.insight.test_neighbourhood import random_factors
from tests.small import make_split


def test_the_case_of_the_small_model() -> None:
    """User 30 rated C alone with 4; A was rated 5 and 3. C and A point the same way, B nowhere."""
    factors, split = model()
    cells = TrainingCells(split)
    (predicted,) = fitted_ratings(factors, CONFIG.model, split).predicted_at(split.valid_rows)
    case = investigate(cells, {"factors": directions_by_factors(factors)}, predicted, 5)
    assert (case.user, case.item, case.rating, case.predicted, case.residual) == (2, 0, 4, 3.75, 0.25)
    assert (case.user_mean, case.item_mean, case.user_n_train, case.item_n_train) == (4, 4, 1, 2)
    movies = similar_movies(split.ratings, case.neighbours["factors", "movies"])
    assert movies.to_dict("records") == [{"item_id": 9, "title": "C", "similarity": 1.0, "rating": 4.0}]
    raters = similar_raters(cells, case.neighbours["factors", "users"])
    assert raters["user_id"].tolist() == [10, 20]
    assert (raters["rating"].tolist(), raters["user_mean"].tolist()) == ([5, 3], [4, 2.5])
    table = neighbour_errors(case)
    assert table[["by", "via", "n_used"]].to_numpy().tolist() == [["factors", "movies", 1], ["factors", "users", 0]]
    assert table["predicted"].iloc[0] == 4 and np.isnan(table["predicted"].iloc[1])  # user 30's factor is 0
    assert table["is_closer"].tolist() == [True, False]


def test_only_validation_ratings_are_found() -> None:
    _, split = model()
    assert validation_row(split, 2, 0) == 5
    assert validation_row(split, 0, 0) is None  # trained on
    assert validation_row(split, 1, 2) is None  # never given


@pytest.mark.parametrize("n", [7, 1_000])
def test_the_record_is_that_of_each_rating_by_itself(n: int) -> None:
    split = make_split()
    cells, ratings = TrainingCells(split), split.ratings
    directions = {"factors": directions_by_factors(random_factors(split)), "ratings": directions_by_ratings(cells)}
    predicted = np.random.default_rng(1).uniform(1, 5, ratings.n_ratings)
    table = neighbour_record(cells, directions, predicted[split.valid_rows], k=4, n=n, seed=3)
    assert table[["by", "via"]].to_numpy().tolist() == [
        ["factors", "movies"], ["factors", "users"], ["ratings", "movies"], ["ratings", "users"],
    ]  # fmt: skip
    assert (table["n_ratings"] <= min(n, len(split.valid_rows))).all()
    if n < len(split.valid_rows):
        return
    for row in table.to_dict("records"):
        said = {
            int(at): from_neighbours(
                cells, directions[row["by"]], row["via"], int(ratings.user_idx[at]), int(ratings.item_idx[at]), 4
            ).predicted
            for at in split.valid_rows
        }
        pairs = [(abs(ratings.rating[at] - stars), abs(ratings.rating[at] - predicted[at]))
                 for at, stars in said.items() if stars is not None]  # fmt: skip
        theirs, models = np.array(pairs).T
        assert row["n_ratings"] == len(pairs)
        assert row["rmse"] == pytest.approx(np.sqrt(np.mean(theirs**2)))
        assert row["model_rmse"] == pytest.approx(np.sqrt(np.mean(models**2)))
        assert row["closer"] == pytest.approx(np.mean(theirs < models))


def test_a_record_without_any_prediction() -> None:
    factors, split = model()
    table = neighbour_record(TrainingCells(split), {"factors": directions_by_factors(factors)}, np.array([3.0]))
    assert table["n_ratings"].tolist() == [1, 0]
    assert np.isnan(table["closer"].iloc[1])
