"""What to watch: rating, skipping, undoing, sets; the numbers shown against the arithmetic; and each state in words."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cf_core.data.reading import read_ratings
from cf_core.insight.fold_in import fold_in, predict_all
from cf_core.runs.rating_set import RatingSet
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore
from cf_core.spreadsheet import csv_of
from pages.parts.for_you.sets import table_of
from tests.pages.for_you.steps import (
    LIST,
    OF_USER,
    REASONS,
    TERMS,
    asked,
    press,
    rated,
    search,
    sets_of,
    table,
    tables,
    view,
)


def test_offers_to_train_one(visitor, no_workers) -> None:
    session = visitor()
    session.open("for_you")
    assert session.says("info") == "This page reads a trained model, and you have none yet."
    assert session.button("offer").label == "Train notebook-learner now"


def test_without_a_rating_the_list_is_the_constant_and_the_biases(opened, model) -> None:
    _, side, _ = model
    assert "the same list for everybody" in opened.says("info")
    shown = table(opened, LIST)
    x = side.scale.start + side.item_bias[side.trained]
    best = side.scale.value_and_derivative(np.sort(x)[::-1][: len(shown)])[0]
    assert shown["predicted"].to_numpy() == pytest.approx(best)
    assert list(shown["rank"]) == list(range(1, 21))
    assert not tables(opened, "stars")
    assert opened.button("for_you_undo").disabled


def test_each_star_moves_the_list_to_what_a_fold_in_predicts(opened, model) -> None:
    ratings, side, decay = model
    lists = [table(opened, LIST)["title"].tolist()]
    given: dict[int, float] = {}
    for key, stars in (("5", 5.0), ("0.5", 0.5), ("3.5", 3.5)):
        item = ratings.item_table.index[ratings.item_table["title"] == asked(opened)][0]
        press(opened, f"for_you_stars_{key}")
        given[int(item)] = stars
        user = fold_in(side, list(given), list(given.values()), decay)
        predicted = predict_all(side, user)
        predicted[list(given)] = np.nan
        shown = table(opened, LIST)
        assert shown["predicted"].to_numpy() == pytest.approx(np.sort(predicted[~np.isnan(predicted)])[::-1][:20])
        lists.append(shown["title"].tolist())
    assert len({tuple(titles) for titles in lists}) == 4
    assert rated(opened) == {ratings.item_table["title"][item]: stars for item, stars in reversed(given.items())}


def test_a_prediction_is_taken_apart_and_has_its_reasons(opened, model) -> None:
    ratings, side, decay = model
    for key in ("5", "1", "4"):
        press(opened, f"for_you_stars_{key}")
    first = table(opened, LIST).iloc[0]
    (walk,) = opened.figure("for_you_parts")["data"]
    assert walk["y"][:3] == ["constant", "your bias", "its bias"] and walk["y"][-1] == "sum"
    assert sum(walk["x"][:-1]) == pytest.approx(walk["x"][-1], abs=1e-3)
    assert side.scale.stars(walk["x"][-1]) == pytest.approx(first["predicted"], abs=1e-3)
    assert f"{first['predicted']:.2f} stars for {first['title']}" in opened.says("markdown")
    reasons = table(opened, REASONS)
    mine = rated(opened)
    assert dict(zip(reasons["title"], reasons["stars"], strict=True)) == mine
    indices = {title: int(ratings.item_table.index[ratings.item_table["title"] == title][0]) for title in mine}
    for _, reason in reasons.iterrows():
        others = {indices[title]: stars for title, stars in mine.items() if title != reason["title"]}
        without = predict_all(side, fold_in(side, list(others), list(others.values()), decay))
        assert reason["without"] == pytest.approx(without[int(first["item_idx"])], abs=1e-6)


def test_a_movie_that_is_skipped_is_not_asked_about_again_until_that_is_undone(opened) -> None:
    first = asked(opened)
    press(opened, "for_you_skip")
    assert asked(opened) != first
    press(opened, "for_you_stars_3")
    assert asked(opened) != first
    press(opened, "for_you_undo")
    press(opened, "for_you_undo")
    assert asked(opened) == first


def test_another_movie_is_found_rated_changed_and_removed(opened, runs_folder) -> None:
    search(opened, 1)
    assert asked(opened) == "Toy Story (1995)"
    press(opened, "for_you_stars_4.5")
    assert rated(opened) == {"Toy Story (1995)": 4.5}
    assert asked(opened) != "Toy Story (1995)"
    search(opened, 1)
    assert "You gave it 4.5 stars." in opened.says("markdown")
    press(opened, "for_you_stars_2")
    assert rated(opened) == {"Toy Story (1995)": 2}
    search(opened, 1)
    press(opened, "for_you_remove")
    assert not tables(opened, "stars")
    press(opened, "for_you_undo")
    assert rated(opened) == {"Toy Story (1995)": 2}


def test_a_movie_that_was_never_trained_says_so_and_moves_nothing(opened, model) -> None:
    ratings, side, _ = model
    unseen = int(np.flatnonzero(~side.trained)[0])
    before = table(opened, LIST)
    search(opened, ratings.items.ids.tolist()[unseen])
    assert "The model never saw it" in opened.says("caption")
    press(opened, "for_you_stars_5")
    assert rated(opened) == {ratings.item_table["title"][unseen]: 5}
    assert table(opened, LIST)["predicted"].tolist() == before["predicted"].tolist()


def test_a_picked_movie_can_be_left_for_the_one_asked_about(opened) -> None:
    first = asked(opened)
    search(opened, 1)
    press(opened, "for_you_back")
    assert asked(opened) == first


def test_ratings_are_kept_for_the_workspace_alone(opened, visitor, runs_folder) -> None:
    press(opened, "for_you_stars_5")
    again = visitor()
    again.open("for_you")
    assert rated(again) == rated(opened)
    stranger = visitor("z" * 32)
    stranger.open("for_you")
    assert not tables(stranger, "stars")
    fingerprint = read_ratings(RunStore(runs_folder).runs()[0].spec.data).require_fingerprint()
    assert [one.name for one in sets_of(runs_folder).all(fingerprint)] == ["Me"]
    assert sets_of(runs_folder, "z" * 32).all(fingerprint) == []


def test_sets_are_made_renamed_chosen_deleted_and_brought_back(opened) -> None:
    press(opened, "for_you_stars_5")
    opened.at.text_input(key="for_you_new_name").set_value("My father")
    press(opened, "for_you_add_set")
    assert not tables(opened, "stars")
    press(opened, "for_you_stars_1")
    press(opened, "for_you_stars_1")
    box = opened.at.selectbox(key="for_you_set_box")
    assert box.options == ["Me · 1", "My father · 2"]
    opened.at.text_input(key=f"for_you_name_{box.value}").set_value("Dad").run()
    assert opened.at.selectbox(key="for_you_set_box").options == ["Me · 1", "Dad · 2"]
    press(opened, "for_you_delete_set")
    assert opened.at.selectbox(key="for_you_set_box").options == ["Me · 1"]
    assert "Deleted **Dad**." in opened.says("markdown")
    press(opened, "for_you_undo_delete")
    assert opened.at.selectbox(key="for_you_set_box").options == ["Me · 1", "Dad · 2"]
    assert len(rated(opened)) == 2


def test_a_set_without_a_name_is_refused_in_words(opened) -> None:
    press(opened, "for_you_stars_5")
    opened.button("for_you_add_set").click().run()
    assert "needs a name" in opened.at.toast[0].value
    assert opened.at.selectbox(key="for_you_set_box").options == ["Me · 1"]


def test_the_formula_has_its_numbers(opened, model) -> None:
    _, _, decay = model
    press(opened, "for_you_stars_5")
    press(opened, "for_you_stars_2")
    view(opened, "Formula")
    squares, penalty, total, bias, size = (float(metric.value) for metric in opened.at.main.metric)
    terms = table(opened, TERMS)
    assert terms["squared"].to_numpy() == pytest.approx((terms["rating"] - terms["predicted"]).to_numpy() ** 2)
    assert squares == pytest.approx(terms["squared"].sum(), abs=1e-3)
    assert penalty == pytest.approx(decay * (size**2 + bias**2), abs=0.02)
    assert total == pytest.approx(squares + penalty, abs=2e-3)
    assert f"λ = {decay:g}" in opened.says("markdown")
    assert "Newton's method reached it in" in opened.says("caption")


def test_the_map_has_the_way_of_each_rating(opened) -> None:
    view(opened, "Map")
    assert len(opened.figure("for_you_map")["data"][2]["x"]) == 1
    press(opened, "for_you_stars_5")
    press(opened, "for_you_stars_0.5")
    _, _, way, here = opened.figure("for_you_map")["data"]
    assert (way["x"][0], way["y"][0]) == (0, 0) and len(way["x"]) == 3
    assert (here["x"], here["text"]) == (way["x"][-1:], ["<b>You</b>"])
    assert way["customdata"][2].startswith("after 2: 0.5 stars for ")


def test_two_sets_side_by_side(opened) -> None:
    view(opened, "Compare")
    assert "nobody to compare with yet" in opened.says("info")
    press(opened, "for_you_stars_5")
    opened.at.text_input(key="for_you_new_name").set_value("Dad")
    press(opened, "for_you_add_set")
    press(opened, "for_you_stars_0.5")
    both, apart = tables(opened, "second")
    lower, distance = both[["first", "second"]].min(axis=1), (apart["first"] - apart["second"]).abs()
    assert len(both) == len(apart) == 10
    assert lower.is_monotonic_decreasing and distance.is_monotonic_decreasing and distance.iloc[0] > 0.1
    assert "**Dad** and **You**: correlation" in opened.says("markdown")


def test_rivals_order_the_list_in_their_own_way(opened) -> None:
    most = asked(opened)
    press(opened, "for_you_stars_5")
    order = opened.at.selectbox(key="for_you_order")
    order.set_value("popular").run()
    popular = table(opened, LIST)
    assert popular["score"].is_monotonic_decreasing and most not in popular["title"].tolist()
    opened.at.selectbox(key="for_you_order").set_value("ease").run()
    assert not opened.at.exception
    ease = table(opened, LIST)
    assert ease["score"].is_monotonic_decreasing and ease["title"].tolist() != popular["title"].tolist()
    assert not ease["predicted"].isna().any()


def test_a_user_of_the_data_by_the_address(visitor, fast_run: Run, model) -> None:
    ratings, _, _ = model
    session = visitor()
    session.at.query_params["for_whom"] = "A user of the data"
    session.at.query_params["for_user"] = "15"
    session.open("for_you")
    shown = table(session, OF_USER)
    user = int(ratings.users.index_of([15])[0])
    assert len(shown) == int((ratings.user_idx == user).sum())
    assert shown["residual"].abs().dropna().is_monotonic_decreasing
    assert set(shown["part"]) == {"training", "validation"}
    assert "User 15**: RMSE" in session.says("markdown")
    listed = table(session, LIST)
    of_training = shown.loc[shown["part"] == "training", "title"]
    assert not set(listed["title"]) & set(of_training)
    assert table(session, REASONS)["title"].isin(of_training).all()
    assert "the user's bias" in session.figure("for_you_parts")["data"][0]["y"]
    for name in ("Map", "Formula", "Compare"):
        view(session, name)
        assert not session.at.error
    assert session.at.query_params["for_user"] == "15"


def test_an_address_that_names_nobody(visitor, fast_run: Run) -> None:
    session = visitor()
    session.at.query_params["for_whom"] = "A user of the data"
    session.at.query_params["for_user"] = "99999"
    session.open("for_you")
    assert "The data hold no user with the id" in session.says("error")
    assert len(table(session, OF_USER)) == int(np.median(np.bincount(read_ratings(fast_run.spec.data).user_idx)))


def test_from_the_page_of_one_user_to_their_recommendations(visitor, fast_run: Run) -> None:
    session = visitor()
    session.at.query_params["user"] = "15"
    session.open("facts")
    (link,) = [link.proto for link in session.at.get("page_link") if link.proto.page == "for_you"]
    assert link.label == "What to watch"
    assert link.query_string == "for_whom=A+user+of+the+data&for_user=15"


@pytest.fixture
def after_all(visitor, tiny, train: Callable[..., Run], runs_folder) -> Callable[..., Any]:
    """`after_all("rate", 4.0)`: the page, once each of the few movies of the tiny data was rated so, or skipped."""

    def do(method: str, *arguments: float) -> Any:
        ratings, mine = read_ratings(train("fast", n_epochs=1).spec.data), sets_of(runs_folder)
        me = mine.create("Me", ratings.require_fingerprint())
        for item_id in ratings.items.ids.tolist():
            getattr(mine, method)(me.set_id, item_id, *arguments)
        session = visitor()
        session.open("for_you")
        return session

    return do


def test_of_few_movies_all_can_be_skipped(after_all) -> None:
    session = after_all("skip")
    assert "No movie is left to ask about." in session.says("markdown")
    assert session.button("for_you_skip").disabled and not session.button("for_you_undo").disabled
    assert len(table(session, LIST)) == 20
    press(session, "for_you_undo")
    assert asked(session).startswith("Movie ")


def test_of_few_movies_all_can_be_rated(after_all) -> None:
    session = after_all("rate", 4.0)
    assert "nothing is left to recommend" in session.says("info")
    for name in ("Map", "Formula", "Compare"):
        view(session, name)


def test_the_file_of_a_set_holds_no_formula() -> None:
    ratings = read_ratings("data/ml-latest-small")
    me = RatingSet("a", "Me", "f", ((1, 4.5), (2, "skipped"), (3, 1.0), (1, 2.0)))
    assert csv_of(table_of(me, ratings)).splitlines() == [
        "item_id,title,stars",
        "1,Toy Story (1995),2.0",
        "3,Grumpier Old Men (1995),1.0",
    ]
