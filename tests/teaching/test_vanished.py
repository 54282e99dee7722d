"""What is said of vanished factors, in the words of the data, with the decay that page Train proposes."""

import numpy as np
import pytest

from cf_core.config import with_settings
from cf_core.fitted_factors import LOWER_DECAY, VANISHED
from cf_core.teaching.cautions import cautions
from cf_core.teaching.vanished import about_vanished
from cf_core.training.recipes import RECIPES
from tests.insight.small_factors import fitted
from tests.teaching.test_cautions import N_TRAIN, of_size

NOTHING = fitted(np.zeros((2, 3)), [N_TRAIN - 4, 4])


@pytest.mark.parametrize(
    ("size", "decay", "better"), [((671, 9_066), 0.1, "0.0002"), ((200_948, 87_585), 1e-3, "0.000004")]
)
def test_the_decay_to_try_is_that_of_the_caution(size, decay, better) -> None:
    config, ratings = with_settings(RECIPES["fast"].config, {"weight_decay": decay}), of_size(*size)
    said = about_vanished(config, NOTHING, ratings)
    assert said.startswith(VANISHED) and said.endswith(f"Try {better}.")
    assert said.removeprefix(f"{VANISHED} ") in cautions(config, N_TRAIN, ratings)


def test_a_decay_that_needs_no_caution_and_none_at_all() -> None:
    ratings = of_size(671, 9_066)
    little, none = (with_settings(RECIPES["fast"].config, {"weight_decay": decay}) for decay in (1e-4, 0))
    assert about_vanished(little, NOTHING, ratings) == f"{VANISHED} {LOWER_DECAY}"
    assert about_vanished(none, NOTHING, ratings) == VANISHED
