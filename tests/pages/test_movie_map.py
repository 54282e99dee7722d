"""The movie map: the offer without a run; points, axes, colours, labels and search with one."""

import base64
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.map.point_groups import COLOURED_BY
from cf_core.charts.style import short_title
from cf_core.runs.spec import Run
from pages.parts.movie_map.selection import code_of_rows, rows_of_code


@pytest.fixture
def session(visitor, fast_run: Run):
    session = visitor()
    session.open("movie_map")
    return session


def layer(session) -> dict:
    """The points of the map, as they are sent."""
    return session.figure("map")["layout"]["meta"]["points"]


def points(session) -> dict[str, str]:
    """What the tip says of every movie on the map besides its title, by title."""
    sent = layer(session)
    index = np.frombuffer(base64.b64decode(sent["details"]["index"]), "<i4")
    return {title: sent["details"]["texts"][i] for title, i in zip(sent["titles"], index, strict=True)}


def go_to(session, section: str) -> None:
    session.at.segmented_control(key="map_section").set_value(section).run()
    assert not session.at.exception


def tables(session, column: str) -> list[pd.DataFrame]:
    """The tables of the page that have that column."""
    return [frame.value for frame in session.at.dataframe if column in frame.value]


def choose(session, ids: list[int]) -> None:
    """What a lasso around these movies leaves behind; AppTest cannot draw one."""
    session.at.session_state["map_selected"] = ids
    session.at.session_state["map_section"] = "Chosen"
    session.at.run()
    assert not session.at.exception


def trace(session, name: str) -> dict | None:
    return next((trace for trace in session.figure("map")["data"] if trace["name"] == name), None)


def found(session) -> str:
    """The full title of the movie with a ring around it."""
    return trace(session, "found")["customdata"][0][0]


def search(session, title: str) -> None:
    box = session.at.multiselect(key="map_found")
    box.set_value([item for item in ids(session) if box.options[ids(session).index(item)] == title]).run()
    assert not session.at.exception


def ids(session) -> list[int]:
    """The raw ids of the movies in the search box."""
    return session.at.session_state["map_settled"][0]


def axis_box(session, number: int, over: str = "factors"):
    return session.at.selectbox(key=f"map_axis_{number}_{session.at.session_state['run']}_{over}")


def test_offers_to_train_one(visitor) -> None:
    session = visitor()
    session.open("movie_map")
    assert session.says("info") == "This page reads a trained model, and you have none yet."
    assert session.button("offer").label == "Train notebook-learner now"
    assert not session.plots()


def test_leads_to_page_train_where_the_recipe_would_leave_no_factors(visitor, monkeypatch) -> None:
    monkeypatch.setattr("pages.shared.need_run.too_much_decay", lambda *given: "A decay of 0.0002 pulls")
    session = visitor()
    session.open("movie_map")
    assert not [button for button in session.at.button if button.key == "offer"]
    assert "Train a model" in [link.proto.label for link in session.at.main.get("page_link")]


@pytest.fixture
def vanished(visitor, train: Callable[..., Run]):
    """A session with the one run whose factors weight decay has pulled to nothing."""
    train("fast", weight_decay=0.1)
    return visitor()


def test_factors_that_are_all_nearly_zero_are_said_in_words(vanished) -> None:
    """On each page that would compare movies by them; none draws what is left, which is rounding."""
    at = vanished.open("movie_map")
    said = vanished.says("info")
    assert said.startswith("All factors of this run are nearly zero, so nothing tells one movie from another")
    assert "A decay of 0.1 pulls" in said and said.endswith("Try 0.0002.")
    assert not vanished.plots()
    at.session_state["card_of_movie"] = 1
    vanished.open("best_and_worst")
    assert said in vanished.says("caption")
    assert "card_place" not in vanished.plots()
    assert not any("nan" in text.value.lower() for text in at.markdown)


def test_movies_on_two_components(session) -> None:
    assert 990 < len(points(session)) <= 1_000
    assert points(session)["Toy Story (1995)"].startswith("1995 · Adventure, Animation")
    assert session.alt("map").startswith(f"{len(points(session)):,} movies by Component 1 (")
    layout = session.figure("map")["layout"]
    assert layout["xaxis"]["title"]["text"].startswith("Component 1 (")
    assert layout["yaxis"]["title"]["text"].startswith("Component 2 (")


def test_other_components(session) -> None:
    axis_box(session, 0).set_value(3).run()
    layout = session.figure("map")["layout"]
    assert layout["xaxis"]["title"]["text"].startswith("Component 4 (")
    assert [heading.value for heading in session.at.subheader] == ["Component 4", "Component 2"]


def test_three_dimensions(session) -> None:
    session.at.button_group(key="map_dimensions").set_value("3-D").run()
    assert {trace["type"] for trace in session.figure("map")["data"]} == {"scatter3d"}
    assert [heading.value for heading in session.at.subheader] == ["Component 1", "Component 2", "Component 3"]


@pytest.mark.parametrize("colour", ["decade", "bias", "popularity", "cluster"])
def test_colours(session, colour: str) -> None:
    before = layer(session)["styles"]
    at = session.at.button_group(key="map_colour").set_value(colour).run()
    assert not at.exception
    assert COLOURED_BY[colour] in session.says("markdown")
    assert layer(session)["styles"] != before
    if colour == "cluster":
        names = [trace["name"] for trace in session.figure("map")["data"]]
        assert [name[0] for name in names[:6]] == list("123456")


def test_fewer_and_all_movies(session) -> None:
    session.at.slider(key="map_popular").set_value(200).run()
    assert len(points(session)) == 200
    assert session.at.slider(key="map_popular").max == 9_066


def test_titles_are_there_from_the_start(session) -> None:
    titles = trace(session, "titles")["text"]
    assert 15 < len(titles) <= 25
    low, high = tables(session, "component")[1], tables(session, "component")[0]
    assert {short_title(low["title"].iloc[0], 22), short_title(high["title"].iloc[0], 22)} < set(titles)
    ends = [note["text"] for note in session.figure("map")["layout"]["annotations"]]
    assert short_title(low["title"].iloc[0], 22) in ends[0]
    assert short_title(high["title"].iloc[0], 22) in ends[1]


def test_other_titles_are_random(session) -> None:
    at_first = trace(session, "titles")["text"]
    session.at.toggle(key="map_titles").set_value(True).run()
    first = trace(session, "titles")["text"]
    assert first != at_first
    session.button("map_redraw").click().run()
    assert trace(session, "titles")["text"] != first


def test_a_search_rings_the_movie_names_its_nearest_and_lists_them(session) -> None:
    search(session, "Toy Story (1995)")
    assert found(session) == "Toy Story (1995)"
    near = tables(session, "value")[0]["title"].head(8)
    titles = [text.strip() for text in trace(session, "titles")["text"]]
    assert titles[:9] == ["Toy Story", *(short_title(title, 22) for title in near)]
    assert session.at.session_state["map_section"] == "Nearest"
    assert layer(session)["pan_to"]["key"].startswith("[")


def test_the_whole_map_is_one_click_away(session) -> None:
    search(session, "Toy Story (1995)")
    session.button("map_show_all").click().run()
    target = layer(session)["pan_to"]
    assert target["x"] == session.figure("map")["layout"]["xaxis"]["range"]
    session.button("map_show_all").click().run()
    assert layer(session)["pan_to"]["key"] != target["key"]
    search(session, "Pulp Fiction (1994)")
    assert layer(session)["pan_to"]["key"].startswith("[")


def test_the_map_is_lower_where_a_line_above_it_says_which_run_it_shows(session, visitor, train) -> None:
    alone = session.height("map")
    train("fast", n_epochs=1, batch_size=100_000)  # a worse run, the newest
    session = visitor()
    session.open("movie_map")
    assert "your best run" in session.says("markdown")
    assert session.height("map") < alone


def test_a_found_movie_stays_found_among_other_movies(session) -> None:
    search(session, "Toy Story (1995)")
    at = session.at.slider(key="map_popular").set_value(200).run()
    assert not at.exception
    assert found(session) == "Toy Story (1995)"


def test_a_found_movie_that_is_no_longer_on_the_map(session) -> None:
    rare = session.at.multiselect(key="map_found").options[-1]
    search(session, rare)
    assert found(session) == rare
    at = session.at.slider(key="map_popular").set_value(200).run()
    assert not at.exception
    assert trace(session, "found") is None


def test_what_is_chosen_is_still_there_after_another_page(session) -> None:
    search(session, "Toy Story (1995)")
    session.at.button_group(key="map_colour").set_value("decade").run()
    session.at.segmented_control(key="map_view").set_value("PCA (standard)").run()
    choose(session, [1, 2, 3])
    session.open("data")
    session.open("movie_map")
    assert found(session) == "Toy Story (1995)"
    assert session.at.button_group(key="map_colour").value == "decade"
    assert session.at.segmented_control(key="map_view").value == "PCA (standard)"
    assert "3 of" in session.says("markdown")


def test_a_reload_finds_what_the_address_says(session, visitor) -> None:
    search(session, "Toy Story (1995)")
    choose(session, [1, 2, 3])
    session.at.segmented_control(key="map_section").set_value("Nearest").run()
    address = session.at.query_params
    again = visitor()
    again.at.query_params.update({name: value for name, value in address.items() if name.startswith("map_")})
    again.open("movie_map")
    assert rows_of_code(again.at.query_params["map_selected"], 9_066).size == 3
    assert layer(again)["selected"] == layer(session)["selected"]
    assert sorted(again.at.session_state["map_selected"]) == [1, 2, 3]


@pytest.mark.parametrize("rows", [[], [0], [9_065], [5, 6, 7, 8, 9_000]])
def test_a_selection_survives_the_way_into_the_address(rows: list[int]) -> None:
    code = code_of_rows(np.array(rows, dtype=np.int64), 9_066)
    assert rows_of_code(code, 9_066).tolist() == rows
    assert rows_of_code(code, 90_000).tolist() == []


@pytest.mark.parametrize("code", ["", "a", "%%%", "AAAA", "é"])
def test_an_address_that_was_made_up_selects_nothing(code: str) -> None:
    assert rows_of_code(code, 9_066).tolist() == []


def test_the_ends_of_each_component(session) -> None:
    high, low = tables(session, "component")[:2]
    assert len(high) == len(low) == 10
    assert high["component"].min() > low["component"].max()
    assert set(high["title"]) | set(low["title"]) <= set(points(session))


def test_what_an_axis_goes_along_with(session) -> None:
    known = tables(session, "correlation")[0]
    assert {"Drama", "decade", "popularity", "bias"} <= set(known["name"])
    assert known["correlation"].abs().between(0, 1).all()
    assert "R², cross-validated" in session.says("markdown")


def test_a_name_is_kept_with_the_run_and_shown_on_the_axis(session, visitor) -> None:
    run_id = session.at.session_state["run"]
    session.at.text_input(key=f"map_name_{run_id}_factors:1").set_value("light – dark").run()
    assert session.figure("map")["layout"]["xaxis"]["title"]["text"].endswith("): light – dark")
    another = visitor()
    another.open("movie_map")
    assert another.figure("map")["layout"]["xaxis"]["title"]["text"].endswith("): light – dark")


def test_the_usual_pca_is_another_map(session) -> None:
    before = layer(session)["x"]
    session.at.segmented_control(key="map_view").set_value("PCA (standard)").run()
    assert not session.at.exception
    assert layer(session)["x"] != before
    assert layer(session)["n"] == len(points(session))


def test_an_axis_from_movie_to_movie(session) -> None:
    session.at.segmented_control(key="map_view").set_value("Own axis").run()
    start, end = (session.at.multiselect(key=key) for key in ("map_axis_from", "map_axis_to"))
    titles = dict(zip(start.options, start.options, strict=True))
    assert "Toy Story (1995)" in titles
    values = {title: i for i, title in enumerate(start.options)}
    start.set_value([start.options[values["Armageddon (1998)"]]])
    end.set_value([end.options[values["Godfather, The (1972)"]]])
    session.at.run()
    assert not session.at.exception
    name = session.figure("map")["layout"]["xaxis"]["title"]["text"]
    assert name == "from Armageddon (1998) to Godfather, The (1972)"
    x = dict(zip(layer(session)["titles"], np.frombuffer(base64.b64decode(layer(session)["x"]), "<f4"), strict=True))
    assert x["Godfather, The (1972)"] > x["Armageddon (1998)"]


def test_an_axis_without_an_end_says_so(session) -> None:
    session.at.segmented_control(key="map_view").set_value("Own axis").run()
    session.at.multiselect(key="map_axis_to").set_value([]).run()
    assert "something at either end" in session.says("error")


def test_the_sides_of_an_axis_are_named_for_what_they_are(session) -> None:
    known = tables(session, "correlation")[0].iloc[0]
    right, left = tables(session, "component")[:2]
    said = session.says("markdown")
    on_right, on_left = (said[said.index(side) :].split("\n")[0] for side in ("→ Right:", "← Left:"))
    side = on_right if known["correlation"] > 0 else on_left
    assert f"(r = {known['correlation']:+.2f})" in side
    assert short_title(right["title"].iloc[0]) in on_right
    assert short_title(left["title"].iloc[0]) in on_left
    assert "↑ Top:" in said


def test_the_means_of_chosen_movies_have_no_half_years(session) -> None:
    choose(session, [1, 2, 3])
    means = tables(session, "of")[0].set_index("of")["chosen"]
    assert means["year"] == "1995"
    assert re.fullmatch(r"\d\.\d\d", means["mean rating"])


def test_chosen_movies_are_told_apart_from_all(session) -> None:
    choose(session, [1, 2, 3, 100_000_000])
    assert "3 of" in session.says("markdown")
    assert tables(session, "genres")[0]["title"].tolist()[0] == "Toy Story (1995)"
    assert tables(session, "genre")[0]["lift"].iloc[0] > 1
    assert layer(session)["selected"]
    session.button("map_clear").click().run()
    assert layer(session)["selected"] is None
    assert "lasso" in session.says("info")


def test_neighbours_of_the_found_movie_by_each_measure(session) -> None:
    search(session, "Toy Story (1995)")
    near, *by_measure = tables(session, "value")
    assert near.equals(by_measure[0])
    for by, near in zip(("cosine", "dot", "distance"), by_measure, strict=True):
        assert len(near) == 10
        assert "Toy Story (1995)" not in near["title"].tolist()
        assert near["value"].is_monotonic_increasing if by == "distance" else near["value"].is_monotonic_decreasing
    assert "Median number of ratings" in session.alt("map_norms")


def test_lines_can_be_left_out(session) -> None:
    assert layer(session)["near"]["k"] == 8
    session.at.segmented_control(key="map_lines").set_value(None).run()
    assert layer(session)["near"] is None


def test_the_map_as_a_table(session) -> None:
    go_to(session, "Table")
    shown = tables(session, "genres")[0]
    assert shown["title"].tolist() == list(points(session))
    assert [name.split(" (")[0] for name in shown.columns[-2:]] == ["Component 1", "Component 2"]


def test_one_run_alone_has_none_to_compare_with(session) -> None:
    go_to(session, "Other runs")
    assert "another seed" in session.says("info")


@pytest.mark.usefixtures("tiny")
def test_two_seeds_side_by_side(visitor, train: Callable[..., Run]) -> None:
    for seed in (1, 2):
        train("fast", n_epochs=2, seed=seed)
    session = visitor()
    session.open("movie_map")
    go_to(session, "Other runs")
    assert tables(session, "shared")[0]["shared"].between(0, 100).all()
    assert "chance would give 6.7%" in session.says("markdown")
    assert {"map_one", "map_other"} <= session.plots()
    assert "Procrustes" in session.says("caption")
