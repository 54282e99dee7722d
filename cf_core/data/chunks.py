"""Goes through many rows a few at a time."""

from collections.abc import Iterator

CHUNK = 2**18
"""Rows that are looked at together: so few that what is computed of them stays small (2 MB a column), so many that the
sums over each chunk, one per user, cost little beside it."""


def chunks_of(n_rows: int) -> Iterator[slice]:
    """All rows, chunk by chunk."""
    return (slice(first, min(first + CHUNK, n_rows)) for first in range(0, n_rows, CHUNK))
