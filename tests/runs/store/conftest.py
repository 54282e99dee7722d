"""Stores in a folder and in PostgreSQL: both keep every promise."""

import pytest

from cf_core.runs.store.address import StoreAddress

in_a_folder = pytest.mark.parametrize("either_place", ["folder"], indirect=True)
"""For tests of what a folder alone has."""


@pytest.fixture
def place(either_place) -> StoreAddress:
    """Where the store of a test is."""
    return either_place
