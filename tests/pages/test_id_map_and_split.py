"""The ID map both ways and what it saves; the split three ways and what each does to unseen movies."""

import pytest

from cf_core.data.split import SplitConfig
from cf_core.runs.store.run_store import RunStore
from cf_core.training.recipes import RECIPES


@pytest.fixture
def id_map(visitor):
    session = visitor()
    session.open("id_map")
    return session


def numbers(session) -> dict[str, str]:
    return {metric.label: metric.value for metric in session.at.metric}


def test_gaps_and_waste_of_the_movies(id_map) -> None:
    assert numbers(id_map) == {"Highest raw id": "163,949", "Rated movies": "9,066", "Wasted by raw ids": "31 MB"}
    assert id_map.alt("gaps_movie") == "9,066 of the 163,950 numbers up to the highest movie id are in use."
    used, _ = id_map.figure("gaps_movie")["data"]
    assert sum(used["y"][:-1]) == 9_066
    assert "1.81 MB used and 31 MB wasted" in id_map.says("caption")


def test_waste_grows_with_the_factors(id_map) -> None:
    id_map.at.slider(key="n_factors").set_value(100).run()
    assert numbers(id_map)["Wasted by raw ids"] == "62 MB"


def test_users_have_next_to_no_gaps(id_map) -> None:
    id_map.at.button_group(key="ids_of").set_value("user").run()
    assert numbers(id_map) == {"Highest raw id": "671", "Users": "671", "Wasted by raw ids": "200 B"}


@pytest.mark.parametrize(("raw", "row"), [("31", 0), (" 1029 ", 1)])
def test_raw_id_to_row(id_map, raw: str, row: int) -> None:
    id_map.at.text_input(key="raw_movie").set_value(raw).run()
    assert f") is row {row} of every table of movies." in id_map.says("info")


@pytest.mark.parametrize("raw", ["999999", "Shawshank", "", "-1", "99999999999999999999", "²"])
def test_a_raw_id_that_is_not_there(id_map, raw: str) -> None:
    assert not id_map.at.text_input(key="raw_movie").set_value(raw).run().exception
    assert "The data hold no movie with the id" in id_map.says("error")
    assert "Row 0 belongs to the movie 31 (Dangerous Minds (1995))." in id_map.says("info")


def test_row_to_raw_id(id_map) -> None:
    id_map.at.number_input(key="row_movie").set_value(4).run()
    assert "Row 4 belongs to the movie 1172 (" in id_map.says("info")


def test_the_whole_map(id_map) -> None:
    (table,) = (frame.value for frame in id_map.at.dataframe)
    assert table.iloc[1].tolist() == [1029, 1, "Dumbo (1941)"]
    assert len(table) == 9_066


def test_names_for_ids_have_no_gaps(visitor, small_folder, tmp_path, monkeypatch) -> None:
    (tmp_path / "data").mkdir()
    small_folder([("ann", "x", 3, 1), ("bob", "y", 4, 2)]).rename(tmp_path / "data" / "named")
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "data"))
    session = visitor()
    session.open("id_map")
    assert "are not numbers of 0 or more" in session.says("info")
    session.at.text_input(key="raw_movie").set_value("y").run()
    assert "The movie y (Movie y (1994)) is row 1 of every table" in session.says("info")


@pytest.fixture
def split(visitor):
    session = visitor()
    session.open("split")
    return session


def of(split, kind: str) -> dict[str, object]:
    """The row of the table for one of the three splits."""
    table = split.at.dataframe[0].value.set_index("split")
    return table.loc[kind].to_dict()


def test_the_lessons_split(split) -> None:
    row = of(split, "At random")
    assert (row["training ratings"], row["validation ratings"]) == (80_004, 20_000)
    assert (row["unseen movies"], row["unseen users"]) == (667, 0)
    assert any("**742** of the 20,000 validation ratings are of 667 movies" in text.value for text in split.at.markdown)
    assert split.plots() == {"quarters", "by_user"}
    train, valid = split.figure("quarters")["data"]
    assert (sum(train["y"]), sum(valid["y"])) == (80_004, 20_000)
    assert (
        split.alt("by_user") == "Share of validation among each user's ratings; 0 users have validation ratings only."
    )


def test_by_time(split) -> None:
    split.at.button_group(key="kind").set_value("time").run()
    row = of(split, "By time")
    assert (row["unseen movies"], row["unseen users"]) == (1_710, 124)
    train, valid = split.figure("quarters")["data"]
    assert sum(n > 0 and m > 0 for n, m in zip(train["y"], valid["y"], strict=True)) <= 1
    assert split.alt("by_user").endswith("124 users have validation ratings only.")


def test_the_last_of_each_user(split) -> None:
    split.at.button_group(key="kind").set_value("last-k").run()
    assert of(split, "The last of each user")["validation ratings"] == 3_355
    split.at.slider(key="last_k").set_value(1).run()
    row = of(split, "The last of each user")
    assert (row["validation ratings"], row["unseen users"]) == (671, 0)


def test_seed_and_share(split) -> None:
    split.at.number_input(key="split_seed").set_value(7)
    split.at.slider(key="held_back").set_value(50).run()
    row = of(split, "At random")
    assert row["validation ratings"] == 50_002
    assert row["unseen movies"] != 667


def test_the_three_side_by_side(split) -> None:
    table = split.at.dataframe[0].value
    assert table["split"].tolist() == ["At random", "By time", "The last of each user"]
    assert table["unseen movies"].tolist() == [667, 1_710, 109]
    assert table["unseen share"].tolist() == pytest.approx([0.0371, 0.907, 110 / 3355])


def test_a_model_is_trained_on_the_chosen_split(split, no_workers, runs_folder) -> None:
    split.at.button_group(key="kind").set_value("time").run()
    split.button("train_on_split").click().run()
    assert not split.at.exception
    assert split.at.title[0].value == "Train"
    (run,) = RunStore(runs_folder).runs()
    assert run.spec.split == SplitConfig(kind="time")
    assert run.spec.config.recipe == "notebook-learner"
    assert split.at.button_group(key="kind").value == "time"  # on Train, too
    assert run.spec.config == RECIPES["notebook-learner"].config


def test_the_recipe_chosen_last_is_trained_on_the_split(split, no_workers, runs_folder) -> None:
    split.open("train")
    split.at.selectbox(key="recipe").set_value("fast").run()
    split.open("split")
    split.at.button_group(key="kind").set_value("last-k").run()
    split.open("data")
    split.open("split")
    assert split.at.button_group(key="kind").value == "last-k"  # kept in the session
    split.button("train_on_split").click().run()
    (run,) = RunStore(runs_folder).runs("x" * 32)
    assert (run.spec.config.recipe, run.spec.split.kind) == ("fast", "last-k")


def test_without_timestamps_time_is_refused_in_words(visitor, small_folder, tmp_path, monkeypatch) -> None:
    (tmp_path / "data").mkdir()
    rows = [(user, item, 1 + (user + item) % 5) for user in range(5) for item in range(5)]
    small_folder(rows).rename(tmp_path / "data" / "untimed")
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "data"))
    session = visitor()
    session.open("split")
    assert "no timestamps" in session.says("caption")
    assert session.at.dataframe[0].value["split"].tolist() == ["At random"]
    for kind in ("By time", "The last of each user"):
        assert f"“{kind}” is impossible for these data: 'untimed' has no timestamps" in session.says("caption")
    assert session.at.button_group(key="only_kind").disabled
    assert "which the other two need" in session.says("caption")
