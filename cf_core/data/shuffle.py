"""The first numbers of a large shuffle, number for number those of NumPy's legacy generator, whose order never changes.

The lesson's split (`get_cv_idxs`) is the first fifth of `RandomState(42).permutation(n)`. NumPy exchanges one pair of
numbers after the other, in 64 bits, and lets no other thread run meanwhile: seconds for 32 million. Here the numbers of
32 bits are exchanged thousands at a time, down to those that are asked for; NumPy shuffles these.
"""

import numpy as np
from numpy.typing import NDArray

_LEFT_TO_NUMPY = 2**16
"""So few numbers NumPy shuffles in a millisecond."""


def first_of_permutation(n: int, n_first: int, seed: int) -> NDArray[np.int64]:
    """`np.random.RandomState(seed).permutation(n)[:n_first]`, for n up to 2³².

    From the last place down, the number at each is exchanged with that at a random place, itself or one before it, its
    partner (Fisher and Yates). What is at a place once it has had its turn stays there, so of those after the first
    `n_first` only what they hand to their partners matters.
    """
    assert n <= 2**32
    random = np.random.RandomState(seed)
    numbers = np.arange(n, dtype=np.uint32)
    place, n_left = n - 1, min(n, max(n_first, _LEFT_TO_NUMPY))
    while place >= n_left:
        partners = _partners(random, place, place - n_left + 1)
        first = place - len(partners) + 1
        handed = numbers[first : place + 1][::-1].copy()
        for step in np.flatnonzero(partners >= first).tolist():  # to a place that hands it on in this round
            handed[place - partners[step]] = handed[step]
        numbers[partners] = handed  # where several have the same partner the last remains
        place = first - 1
    left = numbers[:n_left].astype(np.int64)
    random.shuffle(left)
    return left[:n_first]


def _together(place: int) -> int:
    """How many exchanges down from a place are made at once: as many as fit into the processor's cache, and so few that
    hardly one of them is with the place of another."""
    return min(2**15, place >> 7)


def _partners(random: np.random.RandomState, place: int, n: int) -> NDArray[np.uint32]:
    """The partners of `place` and of some places before it, of `n` at most, each as NumPy draws it: 32 random bits, cut
    to as many as the place has, and drawn again where that is beyond the place. It draws as many times as it may at
    once, and so never a number that NumPy would use for something else."""
    n_bits = place.bit_length()
    n = min(n, place - 2 ** (n_bits - 1) + 1, _together(place))
    drawn = random.randint(0, 2**32, size=n, dtype=np.uint32) & np.uint32(2**n_bits - 1)
    drawn = drawn[drawn <= place]
    limit = place - np.arange(len(drawn), dtype=np.uint32)  # each one's place, were none of those before it refused
    refused: list[int] = []
    for at in np.flatnonzero(drawn > limit).tolist():
        if drawn[at] > limit[at] + len(refused):
            refused.append(at)
    return np.delete(drawn, refused)
