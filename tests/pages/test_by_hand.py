"""The page on which the corner is factored by hand: every number on it, steps, undo, edits, one cell, the solver; and
that it is all there again after a look at another page and after a reload."""

import math
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.factors import random_start
from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.solver import solve
from cf_core.by_hand.table import small_table
from cf_core.data.reading import EMBEDDED
from pages.parts.by_hand import kept, state
from pages.shared.plot import Click


@pytest.fixture
def session(visitor):
    session = visitor(secrets.token_hex(16))  # the server remembers where each workspace left off
    session.open("by_hand")
    return session


@pytest.fixture(scope="module")
def begun(ratings) -> Descent:
    table = small_table(ratings)
    return Descent.start(table, SmallModel(table.rating_range), 5, 0)


def numbers(session) -> dict[str, str]:
    """What the row above the sheet says."""
    (row,) = (text.value for text in session.at.markdown if text.value.startswith("step **"))
    names = ("Steps", "training", "held out", "solver, training", "solver, held out")
    found = re.fullmatch(
        r"step \*\*(.+)\*\* · .+ training \*\*(.+)\*\* · .+ held out \*\*(.+)\*\* · solver (.+) / (.+)", row
    )
    assert found
    return dict(zip(names, found.groups(), strict=True))


def rmse(loss: float) -> str:
    return f"{math.sqrt(loss):.3f}"


def press(session, key: str) -> None:
    assert not session.button(key).click().run().exception


def table_of(session) -> list[list[float]]:
    return session.figure("hand_table")["data"][0]["z"]


def test_begins_at_the_random_start(session, begun: Descent) -> None:
    solution = solve(begun.table, False, begun.factors, 0.01)
    assert numbers(session) == {
        "training": rmse(begun.cost.train),
        "held out": rmse(begun.cost.valid),
        "Steps": "0",
        "solver, training": rmse(solution.train_loss),
        "solver, held out": rmse(solution.valid_loss),
    }
    assert table_of(session) == begun.model.predict(begun.factors).round(3).tolist()
    assert session.plots() == {"cost", "hand_table"}
    assert session.button("hand_undo").disabled


def test_one_step_ten_steps_and_undo(session, begun: Descent) -> None:
    press(session, "hand_one_step")
    one = begun.stepped(1, learning_rate=0.1, weight_decay=0.01)
    assert numbers(session)["training"] == rmse(one.cost.train)
    assert numbers(session)["Steps"] == "1"
    press(session, "hand_ten_steps")
    eleven = one.stepped(10, learning_rate=0.1, weight_decay=0.01)
    assert numbers(session)["held out"] == rmse(eleven.cost.valid)
    assert len(session.figure("cost")["data"][0]["x"]) == 12
    press(session, "hand_undo")
    assert numbers(session)["training"] == rmse(one.cost.train)
    press(session, "hand_undo")
    assert numbers(session)["Steps"] == "0"
    assert session.button("hand_undo").disabled


def test_the_sliders_steer_the_step(session, begun: Descent) -> None:
    session.at.select_slider(key="hand_rate").set_value(0.5)
    session.at.select_slider(key="hand_decay").set_value(0.1).run()
    press(session, "hand_one_step")
    assert numbers(session)["training"] == rmse(begun.stepped(1, learning_rate=0.5, weight_decay=0.1).cost.train)


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
    assert numbers(session)["training"] == rmse(after.cost.train)
    assert table_of(session) == after.model.predict(after.factors).round(3).tolist()


def more(session, view: str) -> None:
    """Choose a view below the sheet."""
    assert not session.at.button_group(key="hand_more").set_value(view).run().exception


def test_a_held_out_cell_teaches_nothing(session, begun: Descent) -> None:
    choose_cell(session, begun, "held out")
    session.at.button_group(key="hand_batch").set_value("the selected cell").run()
    assert "Held out: no step learns from it." in session.says("caption")
    more(session, "The next step")
    assert session.says("info") == "This cell is held out, so no step can learn from it alone."
    press(session, "hand_one_step")
    assert "is held out, so no step can learn from it" in session.says("error")
    assert numbers(session)["Steps"] == "0"


def test_steps_that_overshoot_are_seen_to_explode_and_said(session, begun: Descent) -> None:
    session.at.select_slider(key="hand_rate").set_value(10.0).run()
    press(session, "hand_ten_steps")
    after = begun.stepped(10, learning_rate=10.0, weight_decay=0.01)
    assert 0 < after.cost.n_steps < 10
    assert numbers(session)["Steps"] == str(after.cost.n_steps)
    assert float(numbers(session)["training"]) > 1_000
    assert "At learning rate 10 the next step overshoots" in session.says("error")
    press(session, "hand_undo")
    assert not session.at.error
    assert numbers(session)["training"] == rmse(begun.cost.train)


def test_while_playing_the_words_come_after_the_explosion(session) -> None:
    session.at.select_slider(key="hand_rate").set_value(10.0).run()
    press(session, "hand_play")
    assert float(numbers(session)["training"]) > 1_000
    assert not session.at.error
    session.at.run()
    assert "overshoots" in session.says("error")
    assert session.button("hand_play")


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
    assert (
        len(session.figure("hand_table")["data"][1]["z"][0]),
        len(session.figure("hand_table")["data"][2]["z"]),
    ) == (2, 2)
    session.at.select_slider(key="hand_held_out").set_value(0).run()
    assert numbers(session)["held out"] == "–"
    assert [line["name"] for line in session.figure("cost")["data"]] == ["training", "solver"]


def test_biases_and_the_range_keep_the_numbers(session, begun: Descent) -> None:
    press(session, "hand_one_step")
    after = begun.stepped(1, learning_rate=0.1, weight_decay=0.01)
    session.at.toggle(key="hand_biases").set_value(True).run()
    assert session.at.selectbox(key="hand_number").options[5:7] == ["user: bias", "movie: factor 1"]
    session.at.toggle(key="hand_sigmoid").set_value(True).run()
    model = SmallModel(begun.table.rating_range, biases=True, sigmoid=True)
    assert table_of(session) == model.predict(after.factors).round(3).tolist()
    assert numbers(session)["Steps"] == "0"
    assert any("σ(" in text.value for text in session.at.markdown)
    more(session, "The solver")
    assert "without the sigmoid" in session.says("caption")


def test_tables_hold_the_factors_where_they_are_asked_for(session, begun: Descent) -> None:
    assert not session.at.dataframe
    more(session, "Tables to type into")
    users, movies = (table.value for table in session.at.dataframe)
    assert (users.to_numpy() == begun.factors.user_factors).all()
    assert (movies.to_numpy() == begun.factors.item_factors).all()
    assert (users.index[0], movies.index[0]) == ("15", "Toy Story")


def prediction(session) -> str:
    """How the selected cell is written out."""
    (said,) = (text.value for text in session.at.markdown if text.value.startswith(":small["))
    return said


def test_one_cell_written_out(session, begun: Descent) -> None:
    session.at.selectbox(key="hand_user").set_value(2)
    session.at.selectbox(key="hand_movie").set_value(4).run()
    user, movie = begun.factors.user_factors[2], begun.factors.item_factors[4]
    terms = " + ".join(f"{p:.2f}×{q:.2f}".replace("0.", ".") for p, q in zip(user, movie, strict=True))
    dot = user @ movie
    said = f":small[{terms} = **{dot:.2f}**]  \n:small[**{dot:.2f}** - rating 5 = error **{dot - 5:+.2f}**]"
    assert prediction(session) == said
    more(session, "The next step")
    after = begun.stepped(1, learning_rate=0.1, weight_decay=0.01)
    following = [*after.factors.user_factors[2], *after.factors.item_factors[4]]
    assert session.at.table[0].value["next"].tolist() == [f"{number:.3f}" for number in following]


def test_a_number_is_changed_by_typing_and_by_sliding(session, begun: Descent) -> None:
    press(session, "hand_ten_steps")
    ten = begun.stepped(10, learning_rate=0.1, weight_decay=0.01)
    session.at.selectbox(key="hand_number").set_value(("item", 1)).run()
    old = ten.factors.item_factors[0, 1]
    assert session.at.number_input(key="hand_value").value == pytest.approx(old, abs=5e-4)
    session.at.number_input(key="hand_value").set_value(-2.0).run()
    typed = ten.edited("item", {(0, 1): -2.0})
    assert numbers(session)["training"] == rmse(typed.cost.train)
    assert session.at.slider(key="hand_slider").value == -2
    assert f"was {old:.3f}" in session.says("caption")
    assert "gradient" in session.says("caption")
    assert "-2.000, was" in session.figure("hand_table")["data"][2]["customdata"][1][0][3]
    session.at.slider(key="hand_slider").set_value(1.5).run()
    assert numbers(session)["training"] == rmse(ten.edited("item", {(0, 1): 1.5}).cost.train)
    press(session, "hand_undo")
    assert numbers(session)["training"] == rmse(typed.cost.train)


def test_what_no_number_can_be_is_refused_in_words(session, begun: Descent) -> None:
    session.at.number_input(key="hand_value").set_value(101.0).run()
    assert "cannot be a factor or a bias" in session.says("error")
    assert numbers(session)["training"] == rmse(begun.cost.train)


@pytest.mark.parametrize(
    ("clicked", "cell", "number"),
    [
        (["cell", 3, 4, ""], (3, 4), ("user", 0)),
        (["user", 3, 2, ""], (3, 0), ("user", 2)),
        (["item", 3, 2, ""], (0, 3), ("item", 2)),
    ],
)
def test_a_click_selects(monkeypatch, clicked: list, cell: tuple[int, int], number: tuple[str, int]) -> None:
    held = {"hand_user": 0, "hand_movie": 0, "hand_number": ("user", 0)}
    monkeypatch.setattr(state.st, "session_state", held)
    state.select(Click(0, 0, clicked))
    assert held == {"hand_user": cell[0], "hand_movie": cell[1], "hand_number": number}


def test_a_blank_cell_is_a_guess(session, begun: Descent) -> None:
    choose_cell(session, begun, "blank")
    session.at.button_group(key="hand_batch").set_value("the selected cell").run()
    assert "never rated, so a guess" in prediction(session)
    more(session, "The next step")
    assert session.says("info") == "This cell has no rating, so no step can learn from it alone."
    assert any(shape.get("name") == "selected" for shape in session.figure("hand_table")["layout"]["shapes"])


def test_cells_show_errors_or_ratings(session, begun: Descent) -> None:
    session.at.button_group(key="hand_show").set_value("ratings").run()
    assert table_of(session)[0][:2] == [2.0, 3.0]
    session.at.button_group(key="hand_show").set_value("errors").run()
    expected = begun.model.predict(begun.factors)[0, 0] - 2
    assert table_of(session)[0][0] == pytest.approx(expected, abs=1e-3)


def test_the_solver_is_compared_with(session, begun: Descent) -> None:
    more(session, "The solver")
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
    session.at.slider(key="k").set_value(3).run()
    session.at.selectbox(key="hand_movie").set_value(4).run()
    press(session, "hand_ten_steps")
    before = numbers(session), prediction(session)
    session.open("tensors")
    session.open("by_hand")
    assert (numbers(session), prediction(session)) == before


def test_it_is_still_there_after_a_reload(visitor) -> None:
    workspace = secrets.token_hex(16)
    session = visitor(workspace)
    session.open("by_hand")
    press(session, "hand_ten_steps")
    session.at.selectbox(key="hand_number").set_value(("item", 1)).run()
    session.at.number_input(key="hand_value").set_value(2.0).run()
    before = numbers(session), prediction(session)
    reloaded = visitor(workspace)
    reloaded.open("by_hand")
    assert (numbers(reloaded), prediction(reloaded)) == before
    assert reloaded.at.number_input(key="hand_value").value == 2
    press(reloaded, "hand_undo")
    assert numbers(reloaded)["Steps"] == "10"
    stranger = visitor(secrets.token_hex(16))
    stranger.open("by_hand")
    assert numbers(stranger)["Steps"] == "0"


def test_other_settings_begin_anew_after_a_reload(visitor) -> None:
    workspace = secrets.token_hex(16)
    session = visitor(workspace)
    session.open("by_hand")
    press(session, "hand_ten_steps")
    reloaded = visitor(workspace)
    reloaded.at.query_params["hand_seed"] = "3"
    reloaded.open("by_hand")
    assert numbers(reloaded)["Steps"] == "0"


def test_the_server_forgets_the_oldest_visits(begun: Descent) -> None:
    visits = kept.Visits()
    visit = kept.Visit(kept.Setup(None, 5, 0, 0.2), begun, (0, 0), ("user", 0))
    for i in range(kept.MAX_KEPT):
        visits.keep(str(i), visit)
    visits.keep("0", visit)
    visits.keep("another", visit)
    assert [visits.recall(name) for name in ("0", "1", "another")] == [visit, None, visit]


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
