"""The table with holes by hand, and the glossary against the pages."""

import numpy as np
import pytest

from cf_core.teaching.glossary import GLOSSARY, TERMS_OF_PAGE
from cf_core.teaching.holes import table_with_holes
from pages.shared.steps import PAGES
from tests.small import make_split

RATINGS = make_split().ratings


def test_the_guess_is_the_means_put_together() -> None:
    table = table_with_holes(RATINGS, 4, 5)
    user, item = table.guess.index[1], table.guess.columns[2]
    frame = RATINGS.frame()
    of_user = frame.loc[frame["user_id"] == user, "rating"].mean()
    of_item = frame.loc[frame["item_id"] == item, "rating"].mean()
    low, high = RATINGS.rating_range
    assert table.guess.iloc[1, 2] == pytest.approx(min(max(of_user + of_item - RATINGS.global_mean, low), high))


def test_known_ratings_stay_and_the_busiest_can_be_left_out() -> None:
    table, later = table_with_holes(RATINGS, 4, 5), table_with_holes(RATINGS, 2, 5, skip_users=2)
    assert later.rating.index.tolist() == table.rating.index.tolist()[2:]
    known = table.rating.to_numpy()[~np.isnan(table.rating.to_numpy())]
    assert set(known) <= set(RATINGS.rating.tolist())
    assert not table.guess.isna().to_numpy().any()


def test_every_page_has_its_terms_and_every_term_an_explanation() -> None:
    assert TERMS_OF_PAGE.keys() == {step.name for step in PAGES}
    assert {term for terms in TERMS_OF_PAGE.values() for term in terms} <= GLOSSARY.keys()
