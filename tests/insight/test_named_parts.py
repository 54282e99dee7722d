"""The parts of a prediction by name, by hand: they are all there, and sum to the sum."""

import numpy as np
import pytest

from cf_core.insight.named_parts import named_parts
from cf_core.insight.recommendations import Parts

PARTS = Parts(0.5, -0.25, 1.0, np.array([0.1, -0.7, 0.3, 0.2]), sum=1.15, predicted=3.0)


def test_by_hand() -> None:
    named = named_parts(PARTS, True, 2)
    assert list(named) == ["constant", "your bias", "its bias", "factor 2", "factor 3", "2 others"]
    assert list(named.values()) == pytest.approx([0.5, -0.25, 1.0, -0.7, 0.3, 0.3])
    assert sum(named.values()) == pytest.approx(PARTS.sum)


def test_of_somebody_else_and_without_what_the_model_has_not() -> None:
    assert "the user's bias" in named_parts(PARTS, True, 2, yours=False)
    bare = Parts(0.0, 0.0, 0.0, np.array([0.1, -0.7]), sum=-0.6, predicted=3.0)
    assert list(named_parts(bare, False, 4)) == ["factor 2", "factor 1"]
    assert list(named_parts(bare, False, 1)) == ["factor 2", "one other"]
