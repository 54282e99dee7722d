"""Which movies take part: by genre, decade and number of ratings."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError
from cf_core.insight.leaderboard import leaderboard
from cf_core.insight.movie_choice import MovieChoice, chosen_items, decades_of
from tests.insight.small_model import model


@pytest.mark.parametrize(
    ("choice", "items"),
    [
        (MovieChoice(), [0, 1, 2]),
        (MovieChoice(popular=2), [0, 1]),
        (MovieChoice(genre="Drama"), [0, 1]),
        (MovieChoice(genre="Crime"), [0]),
        (MovieChoice(genre="Child"), []),
        (MovieChoice(decade=1990), [0]),
        (MovieChoice(decade=2000, genre="Drama"), [1]),
        (MovieChoice(decade=1960), []),
        (MovieChoice(min_ratings=2), [0, 1]),
        (MovieChoice(min_ratings=3, genre="Drama"), [0]),
    ],
)
def test_by_hand(choice: MovieChoice, items: list[int]) -> None:
    factors, split = model()
    assert chosen_items(factors, split.ratings, choice).tolist() == items


def test_what_training_never_saw_is_left_out() -> None:
    factors, split = model()
    unseen = replace(factors, n_train_by_item=np.array([0, 2, 1]))
    assert chosen_items(unseen, split.ratings, MovieChoice()).tolist() == [1, 2]


def test_decades(ratings: Ratings) -> None:
    _, split = model()
    assert decades_of(split.ratings) == [1990, 2000]
    found = decades_of(ratings)
    assert found == sorted(found)
    assert {1900, 1930, 2010} <= set(found)


@pytest.mark.parametrize("wrong", [{"min_ratings": 0}, {"decade": 1994}])
def test_choices_are_checked(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="Choose"):
        MovieChoice(**wrong)


def test_a_leaderboard_of_the_chosen_alone() -> None:
    factors, split = model()
    drama = chosen_items(factors, split.ratings, MovieChoice(genre="Drama"))
    assert leaderboard(factors, split.ratings, "worst", among=drama)["title"].tolist() == ["B (2001)", "A (1994)"]
