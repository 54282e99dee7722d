"""The shuffle is NumPy's, number for number."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.data import shuffle
from cf_core.data.shuffle import first_of_permutation

SEEDS = st.integers(0, 2**32 - 1)


@given(st.integers(1, 3_000), st.floats(0, 1), SEEDS, st.sampled_from([1, 2, 100, 2**16]), st.integers(1, 9))
def test_few_numbers(n: int, share: float, seed: int, left_to_numpy: int, together: int) -> None:
    """Also where nothing is left to NumPy, and where many hand something on to each other."""
    n_first = int(share * n)
    with patch.multiple(shuffle, _LEFT_TO_NUMPY=left_to_numpy, _together=lambda place: together * n // 9 + 1):
        first = first_of_permutation(n, n_first, seed)
    assert first.dtype == np.int64
    assert first.tolist() == np.random.RandomState(seed).permutation(n)[:n_first].tolist()


@settings(max_examples=10)
@given(st.integers(2**16, 2**19), SEEDS)
def test_many_numbers(n: int, seed: int) -> None:
    np.testing.assert_array_equal(
        first_of_permutation(n, n // 5, seed), np.random.RandomState(seed).permutation(n)[: n // 5]
    )


@pytest.mark.parametrize("n", [2**17 - 1, 2**17, 2**17 + 1])
@pytest.mark.parametrize("n_first", [1, 2**16 - 1, 2**16, 2**16 + 1, 2**17 - 1])
def test_around_powers_of_two(n: int, n_first: int) -> None:
    np.testing.assert_array_equal(
        first_of_permutation(n, n_first, 42), np.random.RandomState(42).permutation(n)[:n_first]
    )
