"""The contrast of selected movies with all, by hand."""

import numpy as np
import pandas as pd
import pytest

from cf_core.insight.selection import contrast


def movies(**more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "title": ["A", "B", "C", "D"],
            "genres": ["Comedy", "Comedy|War", "War", "(no genres listed)"],
            "year": pd.array([1994, 2001, pd.NA, 1999], dtype="Int64"),
            "n_ratings": [1, 3, 8, 4],
            "mean_rating": [4.0, 3.0, 2.0, 1.0],
            **more,
        }
    )


def test_genres_by_hand() -> None:
    table = contrast(movies(), np.array([0, 3])).genres
    assert table.to_dict("list") == {
        "genre": ["Comedy", "War"],
        "n_chosen": [1, 0],
        "n_all": [2, 2],
        "share_chosen": [0.5, 0],
        "share_all": [0.5, 0.5],
        "lift": [1, 0],
    }
    assert contrast(movies(), np.array([1, 2])).genres["lift"].tolist() == [2, 1]


def test_decades_by_hand() -> None:
    table = contrast(movies(), np.array([0, 2])).decades  # of the chosen one has a year, 1994; of all 1990, 2000, 1990
    assert table["decade"].tolist() == [1990, 2000]
    assert table["n_chosen"].tolist() == [1, 0]
    assert table["share_chosen"].tolist() == [1, 0]
    assert table["lift"].tolist() == pytest.approx([1.5, 0])


def test_means_by_hand() -> None:
    table = contrast(movies(bias=[1.0, 0.5, 0.0, -0.5]), np.array([1, 2])).means.set_index("of")
    assert table.loc["bias"].tolist() == pytest.approx([0.25, 0.25, 0])
    assert table.loc["year"].tolist() == pytest.approx([2001, 1998, 3])
    assert table.loc["number of ratings"].tolist() == pytest.approx([5.5, 4, 1.5])
    assert table.loc["mean rating"].tolist() == pytest.approx([2.5, 2.5, 0])
    assert "bias" not in contrast(movies(), np.array([1])).means["of"].tolist()
    assert "year" not in contrast(movies(), np.array([2])).means["of"].tolist()


def test_all_movies_do_not_differ_from_all() -> None:
    everything = contrast(movies(), np.arange(4))
    assert (everything.genres["lift"] == 1).all()
    assert (everything.decades["lift"] == 1).all()
    assert (everything.means["difference"] == 0).all()
