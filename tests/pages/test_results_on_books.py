"""The pages of results on data that are not about movies: books, ids that are texts, 0 to 100 points, no genres, no
years."""

import json
import re
from collections.abc import Iterator

import pytest

from cf_core.evaluation.protocol import usual_threshold
from cf_core.runs.spec import Run
from pages.shared import cached, server

LESSONS = re.compile(r"\b(movies?|stars?)\b", re.IGNORECASE)
CODE = re.compile(r'"(uid|symbol)": "[^"]*"')
"""What a figure calls its parts, which nobody sees."""

VIEWS = {
    "best_and_worst": [{}, {"view": "Who rises, who falls"}, {"view": "Raters"}],
    "errors": [
        {"errors_by": "book's ratings"},
        {"errors_by": "rating"},
        {"errors_view": "Predicted vs actual"},
        {"errors_view": "Worst predictions"},
    ],
    "movie_map": [{}, {"map_view": "Own axis"}, {"map_colour": "cluster"}],
    "for_you": [{}, {"for_you_view": "Map"}, {"for_you_view": "Formula"}, {"for_whom": "A user of the data"}],
    "ranking": [{}],
}


def said(session) -> Iterator[str]:
    """All text of the page below its header, which the frame puts into the words of the data: what is written, what the
    tables' columns and the boxes are called, and the plots."""
    main = session.at.main
    for kind in ("markdown", "caption", "info", "subheader", "metric", "button", "selectbox", "slider", "multiselect"):
        elements = getattr(session.at, kind)
        for element in list(elements)[4 if kind == "markdown" else 0 :]:
            proto = element.proto
            if kind == "selectbox" and element.key == "run_box":
                continue  # of the frame
            yield from (str(getattr(proto, name, "")) for name in ("body", "label", "help", "placeholder"))
    for table in main.dataframe:
        yield from (f"{column.get('label', name)} {column.get('help')}" for name, column in _columns(table))
    for key in session.plots():
        yield session.alt(key)
        yield CODE.sub("", json.dumps(session.figure(key)))


def _columns(table) -> Iterator[tuple[str, dict[str, str]]]:
    return json.loads(table.proto.columns).items()


@pytest.mark.parametrize(("page", "view"), [(page, view) for page, views in VIEWS.items() for view in views])
def test_no_page_speaks_of_movies_or_stars(visitor, books_run: Run, page: str, view: dict[str, str]) -> None:
    session = visitor()
    session.at.query_params.update(view)
    session.open(page)
    assert not session.at.error
    texts = list(said(session))
    assert session.plots() or page == "for_you"
    assert [text for text in texts if LESSONS.search(text)] == []
    assert any("book" in text or "points" in text for text in texts)


def test_the_detective_and_the_card(visitor, books_run: Run) -> None:
    session = visitor()
    session.at.query_params["errors_view"] = "Worst predictions"
    session.open("errors")
    worst = session.at.dataframe[0].value.iloc[0]
    session.at.session_state["errors_case"] = worst["user_id"], worst["item_id"]
    for step in ("User's row", "Movie's column", "Factors", "Neighbours"):
        session.at.session_state["errors_step"] = step
        session.at.run()
        assert not session.at.exception
        assert [text for text in said(session) if LESSONS.search(text)] == []
    session.open("best_and_worst")
    session.at.session_state["card_of_movie"] = worst["item_id"]
    session.at.run()
    assert not session.at.exception
    assert "card_place" in session.plots()


def test_a_rating_by_a_button_moves_the_list(visitor, books_run: Run) -> None:
    session = visitor()
    session.open("for_you")
    for points in (100, 0, 70):
        session.button(f"for_you_stars_{points}").click().run()
        assert not session.at.exception
    (rated,) = (table.value for table in session.at.dataframe if list(table.value) == ["title", "stars"])
    assert sorted(rated["stars"].tolist()) == [0, 70, 100]


def test_what_is_unknown_of_all_is_not_asked_for(visitor, books_run: Run) -> None:
    session = visitor()
    session.open("best_and_worst")
    assert not {"Genre", "Decade"} & {box.label for box in session.at.sidebar.selectbox}
    session.open("movie_map")
    assert session.at.segmented_control(key="map_colour").options == ["bias", "popularity", "cluster"]
    session.open("errors")
    assert session.at.segmented_control(key="errors_by").options == ["book's ratings", "user's ratings", "rating"]


def test_liked_from_the_rating_that_half_of_all_reach(books: None) -> None:
    ratings = cached.ratings(server.data_folders()["books"])
    threshold = usual_threshold(ratings)
    assert (ratings.rating >= threshold).mean() >= 0.5 > (ratings.rating > threshold).mean()
