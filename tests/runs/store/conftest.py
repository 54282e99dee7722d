"""Stores in a folder and in PostgreSQL: both keep every promise."""

import pytest

from cf_core.runs.store.address import StoreAddress

in_a_folder = pytest.mark.parametrize("place", ["folder"], indirect=True)
"""For tests of what a folder alone has."""


@pytest.fixture(params=["folder", "postgresql"])
def place(request, tmp_path) -> StoreAddress:
    """Where the store of a test is: first a folder, then a database with its files in a folder."""
    if request.param == "folder":
        return StoreAddress.of(tmp_path / "runs")
    return StoreAddress.of(request.getfixturevalue("postgres_url"), str(tmp_path / "files"))
