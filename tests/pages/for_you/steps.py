"""What a visitor does on the page, and reads there."""

from typing import Any

import pandas as pd

from cf_core.runs.store.rating_sets import OwnRatingSets
from cf_core.runs.store.run_store import RunStore
from tests.pages.conftest import WORKSPACE

LIST, REASONS, TERMS, OF_USER = "rank", "without", "squared", "part"
"""A column that one table alone has."""


def sets_of(runs_folder, owner: str = WORKSPACE) -> OwnRatingSets:
    return OwnRatingSets(RunStore(runs_folder).database, owner)


def press(session: Any, key: str) -> None:
    session.button(key).click().run()
    assert not session.at.exception
    assert not session.at.error


def tables(session: Any, column: str) -> list[pd.DataFrame]:
    """The tables with that column: only those in which rows can be ticked have a key."""
    return [frame.value for frame in session.at.main.dataframe if column in frame.value]


def table(session: Any, column: str) -> pd.DataFrame:
    """The only table with that column."""
    (frame,) = tables(session, column)
    return frame


def asked(session: Any) -> str:
    """The title of the movie to rate."""
    return session.at.main.subheader[0].value.replace("\\", "")


def rated(session: Any) -> dict[str, float]:
    (frame,) = [frame for frame in tables(session, "stars") if REASONS not in frame]
    return dict(zip(frame["title"], frame["stars"], strict=True))


def view(session: Any, name: str) -> None:
    session.at.segmented_control(key="for_you_view").set_value(name).run()
    assert not session.at.exception


def search(session: Any, item_id: int) -> None:
    session.at.selectbox(key="for_you_search").set_value(item_id).run()
    assert not session.at.exception
