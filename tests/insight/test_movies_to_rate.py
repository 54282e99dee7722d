"""Which movie to ask about next, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.errors import ConfigError
from cf_core.insight.item_side import ItemSide
from cf_core.insight.movies_to_rate import MoviesToRate
from tests.insight.small_model import CONFIG, model


def small() -> tuple[ItemSide, MoviesToRate]:
    """A rated 5, 3, 4 by all three, B 3 and 2 by two, C 4 by one, as everywhere in this folder."""
    factors, split = model()
    side = ItemSide.of(factors, CONFIG.model, split)
    return side, MoviesToRate.of(side, split.ratings)


def test_share_and_deviation_by_hand() -> None:
    _, movies = small()
    assert movies.item_idx.tolist() == [0, 1, 2]
    assert movies.share.tolist() == pytest.approx([1, 2 / 3, 1 / 3])
    assert movies.deviation.tolist() == pytest.approx([np.sqrt(2 / 3), 0.5, 0])


def test_the_first_scores_by_hand() -> None:
    """Nothing rated and λ = 2: A = 2 I, so q̃ᵀA⁻¹q̃ = (q² + 1) / 2."""
    side, movies = small()
    expected = [np.sqrt(2 / 3) * 1.25 / 2, 2 / 3 * 0.5 * 1 / 2, 0]
    assert movies.scores(side, [], 2.0).tolist() == pytest.approx(expected)
    assert movies.next(side, [], [], 2.0) == 0
    assert movies.next(side, [], [0], 2.0) == 1


def test_what_a_rating_has_told_is_asked_no_more() -> None:
    """The rated movie and another like it (q = 0), one unlike it (q = 2), all else equal, λ = 1. With A = diag(1, 2)
    the first two leave 1/2 open, the last 4 + 1/2."""
    side = replace(small()[0], item_factors=np.array([[0.0], [0.0], [2.0]]))
    movies = MoviesToRate(np.arange(3), np.ones(3), np.ones(3))
    assert movies.scores(side, [0], 1.0).tolist() == pytest.approx([0.5, 0.5, 4.5])
    assert movies.next(side, [0], [], 1.0) == 2
    assert movies.next(side, [0], [2], 1.0) == 1


def test_there_comes_an_end() -> None:
    side, movies = small()
    assert movies.next(side, [0, 1], [2], 1.0) is None


def test_untrained_and_little_known_movies_are_not_asked_about() -> None:
    _, split = model()
    side = replace(small()[0], trained=np.array([False, True, True]))
    assert MoviesToRate.of(side, split.ratings).item_idx.tolist() == [1, 2]
    assert MoviesToRate.of(side, split.ratings, popular=1).item_idx.tolist() == [1]
    with pytest.raises(ConfigError, match="popular=0"):
        MoviesToRate.of(side, split.ratings, popular=0)
