"""The page on which the corner is factored by hand: every number on it, steps, undo, edits, one cell, the solver."""

import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.factors import random_start
from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.solver import solve
from cf_core.by_hand.table import small_table
from cf_core.data.reading import EMBEDDED


@pytest.fixture
def session(visitor):
    session = visitor()
    session.open("by_hand")
    return session


@pytest.fixture(scope="module")
def begun(ratings) -> Descent:
    table = small_table(ratings)
    return Descent.start(table, SmallModel(table.rating_range), 5, 0)


def numbers(session) -> dict[str, str]:
    return {metric.label: metric.value for metric in session.at.metric}


def rmse(loss: float) -> str:
    return f"{math.sqrt(loss):.3f}"


def press(session, key: str) -> None:
    assert not session.button(key).click().run().exception


def table_of(session) -> list[list[float]]:
    return session.figure("hand_table")["data"][0]["z"]


def test_begins_at_the_random_start(session, begun: Descent) -> None:
    solution = solve(begun.table, False, begun.factors, 0.01)
    assert numbers(session) == {
        "RMSE, training": rmse(begun.cost.train),
        "RMSE, held out": rmse(begun.cost.valid),
        "Steps": "0",
        "Solver, training": rmse(solution.train_loss),
        "Solver, held out": rmse(solution.valid_loss),
    }
    assert table_of(session) == begun.model.predict(begun.factors).round(3).tolist()
    assert session.plots() == {"cost", "hand_table"}
    assert session.button("hand_undo").disabled


def test_one_step_ten_steps_and_undo(session, begun: Descent) -> None:
    press(session, "hand_one_step")
    one = begun.stepped(1, learning_rate=0.1, weight_decay=0.01)
    assert numbers(session)["RMSE, training"] == rmse(one.cost.train)
    assert numbers(session)["Steps"] == "1"
    press(session, "hand_ten_steps")
    eleven = one.stepped(10, learning_rate=0.1, weight_decay=0.01)
    assert numbers(session)["RMSE, held out"] == rmse(eleven.cost.valid)
    assert len(session.figure("cost")["data"][0]["x"]) == 12
    press(session, "hand_undo")
    assert numbers(session)["RMSE, training"] == rmse(one.cost.train)
    press(session, "hand_undo")
    assert numbers(session)["Steps"] == "0"
    assert session.button("hand_undo").disabled


def test_the_sliders_steer_the_step(session, begun: Descent) -> None:
    session.at.select_slider(key="hand_rate").set_value(0.5)
    session.at.select_slider(key="hand_decay").set_value(0.1).run()
    press(session, "hand_one_step")
    assert numbers(session)["RMSE, training"] == rmse(begun.stepped(1, learning_rate=0.5, weight_decay=0.1).cost.train)


def choose_cell(session, begun: Descent, role: str) -> tuple[int, int]:
    """The first cell with that role, chosen in the boxes."""
    row, column = next((i, j) for i in range(15) for j in range(15) if begun.table.role(i, j) == role)
    session.at.selectbox(key="hand_user").set_value(row)
    session.at.selectbox(key="hand_movie").set_value(column)
    return row, column


def test_a_step_from_one_rating(session, begun: Descent) -> None:
    place = choose_cell(session, begun, "training")
    session.at.button_group(key="hand_batch").set_value("the selected cell").run()
    press(session, "hand_one_step")
    after = begun.stepped(1, learning_rate=0.1, weight_decay=0.01, only=place)
    assert numbers(session)["RMSE, training"] == rmse(after.cost.train)
    assert table_of(session) == after.model.predict(after.factors).round(3).tolist()


def test_a_held_out_cell_teaches_nothing(session, begun: Descent) -> None:
    choose_cell(session, begun, "held out")
    session.at.button_group(key="hand_batch").set_value("the selected cell").run()
    assert session.says("info") == "This cell is held out, so no step can learn from it alone."
    press(session, "hand_one_step")
    assert "is held out, so no step can learn from it" in session.says("error")
    assert numbers(session)["Steps"] == "0"


def test_a_step_that_overshoots_says_so_and_moves_nothing(session, begun: Descent) -> None:
    session.at.select_slider(key="hand_rate").set_value(10.0).run()
    press(session, "hand_ten_steps")
    assert "At learning rate 10 this step overshoots" in session.says("error")
    assert numbers(session)["RMSE, training"] == rmse(begun.cost.train)


def test_reset_goes_back_to_the_same_start(session, begun: Descent) -> None:
    press(session, "hand_ten_steps")
    press(session, "hand_reset")
    assert table_of(session) == begun.model.predict(begun.factors).round(3).tolist()
    assert numbers(session)["Steps"] == "0"


def test_seed_factors_and_held_out_share_begin_anew(session) -> None:
    before = table_of(session)
    session.at.number_input(key="hand_seed").set_value(1).run()
    assert table_of(session) != before
    session.at.slider(key="k").set_value(2).run()
    users = session.at.dataframe[1].value
    assert users.shape == (15, 2)
    session.at.select_slider(key="hand_held_out").set_value(0).run()
    assert numbers(session)["RMSE, held out"] == "–"
    assert [line["name"] for line in session.figure("cost")["data"]] == ["training", "solver, training"]


def test_biases_and_the_range_keep_the_numbers(session, begun: Descent) -> None:
    press(session, "hand_one_step")
    after = begun.stepped(1, learning_rate=0.1, weight_decay=0.01)
    session.at.toggle(key="hand_biases").set_value(True).run()
    assert session.at.dataframe[1].value.columns.tolist() == ["1", "2", "3", "4", "5", "bias"]
    session.at.toggle(key="hand_sigmoid").set_value(True).run()
    model = SmallModel(begun.table.rating_range, biases=True, sigmoid=True)
    assert table_of(session) == model.predict(after.factors).round(3).tolist()
    assert numbers(session)["Steps"] == "0"
    assert "without the sigmoid" in session.says("caption")
    assert any("σ(" in text.value for text in session.at.markdown)


def test_grids_hold_the_factors(session, begun: Descent) -> None:
    movies, users = session.at.dataframe[0].value, session.at.dataframe[1].value
    assert (movies.shape, users.shape) == ((5, 15), (15, 5))
    assert (users.to_numpy() == begun.factors.user_factors).all()
    assert (begun.factors.item_factors == movies.to_numpy().T).all()
    assert users.index[0] == "15" and movies.columns[0] == "Toy Story"


def test_one_cell_written_out(session, begun: Descent) -> None:
    session.at.selectbox(key="hand_user").set_value(2)
    session.at.selectbox(key="hand_movie").set_value(4).run()
    user, movie = begun.factors.user_factors[2], begun.factors.item_factors[4]
    terms = " + ".join(f"{p:.2f} × {q:.2f}" for p, q in zip(user, movie, strict=True))
    said = [text.value for text in session.at.markdown]
    assert f"p·q = {terms} = **{user @ movie:.3f}**" in said
    assert f"ŷ = **{user @ movie:.3f}** stars" in said
    assert f"error = ŷ - y = {user @ movie:.3f} - 5 = **{user @ movie - 5:+.3f}** stars" in said
    after = begun.stepped(1, learning_rate=0.1, weight_decay=0.01)
    moves = session.at.table[1].value
    following = [*after.factors.user_factors[2], *after.factors.item_factors[4]]
    assert moves["next"].tolist() == [f"{number:.3f}" for number in following]


def test_a_blank_cell_is_a_guess(session, begun: Descent) -> None:
    choose_cell(session, begun, "blank")
    session.at.button_group(key="hand_batch").set_value("the selected cell").run()
    assert any("There is no rating, so there is no error" in text.value for text in session.at.markdown)
    assert session.says("info") == "This cell has no rating, so no step can learn from it alone."
    assert any(shape["name"] == "selected" for shape in session.figure("hand_table")["layout"]["shapes"])


def test_cells_show_errors_or_ratings(session, begun: Descent) -> None:
    session.at.button_group(key="hand_show").set_value("ratings").run()
    assert table_of(session)[0][:2] == [2.0, 3.0]
    session.at.button_group(key="hand_show").set_value("errors").run()
    expected = begun.model.predict(begun.factors)[0, 0] - 2
    assert table_of(session)[0][0] == pytest.approx(expected, abs=1e-3)


def test_the_solver_is_compared_with(session, begun: Descent) -> None:
    table = session.at.table[-1].value
    solution = solve(begun.table, False, random_start(15, 15, 5, 0), 0.01)
    assert table.iloc[:, 0].tolist() == [rmse(begun.cost.train), rmse(solution.train_loss)]
    assert f"After {solution.n_sweeps} rounds it converged." in session.says("caption")


def test_play_is_switched_on_and_off(session) -> None:
    press(session, "hand_play")
    assert session.at.session_state["hand_playing"]
    assert int(numbers(session)["Steps"]) >= 5
    press(session, "hand_stop")
    assert not session.at.session_state["hand_playing"]
    assert session.button("hand_play")


def test_it_is_still_there_after_a_look_at_another_page(session) -> None:
    press(session, "hand_ten_steps")
    before = numbers(session)
    session.open("tensors")
    session.open("by_hand")
    assert numbers(session) == before


def test_a_small_data_set(visitor, tiny) -> None:
    session = visitor()
    session.open("by_hand")
    press(session, "hand_ten_steps")
    assert len(table_of(session)) == 15


@pytest.fixture
def two_data_sets(tiny_data: Path, small_folder: Callable[..., Path], tmp_path: Path, monkeypatch) -> None:
    """The app offers the embedded data, and a data set of three users and movies."""
    (tmp_path / "both").mkdir()
    os.symlink(EMBEDDED, tmp_path / "both" / "ml-latest-small")
    os.symlink(small_folder(), tmp_path / "both" / "three")
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "both"))


def test_a_chosen_cell_that_another_data_set_does_not_have(visitor, two_data_sets) -> None:
    session = visitor()
    session.open("by_hand")
    session.at.selectbox(key="hand_user").set_value(14)
    session.at.selectbox(key="hand_movie").set_value(9).run()
    session.at.sidebar.selectbox(key="data").set_value("three").run()
    assert not session.at.exception
    assert session.at.selectbox(key="hand_user").value == 0
    press(session, "hand_ten_steps")
    assert len(table_of(session)) == 3


@pytest.mark.parametrize("page", ["data", "facts", "id_map", "split", "tensors"])
def test_every_page_takes_another_data_set(visitor, two_data_sets, page: str) -> None:
    session = visitor()
    session.open(page)
    if page == "data":
        session.at.slider(key="years").set_value((2000, 2010))
        session.at.selectbox(key="rater").set_value(600)
        session.at.selectbox(key="genre").set_value("Film-Noir")
    if page == "facts":
        session.at.selectbox(key="facts_of_user").set_value(600)
    if page == "id_map":
        session.at.number_input(key="row_movie").set_value(9_000)
    session.at.run()
    session.at.sidebar.selectbox(key="data").set_value("three").run()
    assert not session.at.exception
