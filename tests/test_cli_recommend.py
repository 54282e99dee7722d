"""The command `recommend`: fields, reasons, and what it says to bad input."""

import json

import pytest

from cf_core.__main__ import main

FIELDS = ["rank", "item_id", "title", "predicted", "parts", "because"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with a run of `fast`."""
    folder = tmp_path_factory.mktemp("recommend") / "runs"
    assert main(["train", "--recipe", "fast", "--runs", str(folder), "--json"]) == 0
    return folder


@pytest.fixture
def say(runs, capsys):
    """`say("--user", "1")` gives exit status, output and errors."""

    def call(*argv, run="latest"):
        capsys.readouterr()
        status = main(["recommend", run, *argv, "--runs", str(runs)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_a_new_user_comes_first_then_the_list(say):
    status, out, _ = say("--rate", "318=5", "260=3.5", "--rate", "356=2", "--top", "4", "--json")
    first, *movies = map(json.loads, out.splitlines())
    assert status == 0
    assert list(first) == ["event", "user_bias", "user_factors", "weight_decay", "constant"]
    assert first["event"] == "folded_in" and len(first["user_factors"]) == 5 and first["weight_decay"] > 0
    assert [list(movie) for movie in movies] == [FIELDS] * 4
    assert [movie["rank"] for movie in movies] == [1, 2, 3, 4]
    for movie in movies:
        assert list(movie["parts"]) == ["constant", "user_bias", "item_bias", "factors"]
        assert movie["parts"]["user_bias"] == first["user_bias"] and movie["parts"]["constant"] == first["constant"]
        assert {reason["item_id"] for reason in movie["because"]} == {318, 260, 356}
        assert movie["item_id"] not in {318, 260, 356}


def test_a_reason_is_what_the_prediction_would_be_without(say):
    def predictions(*rated):
        _, out, _ = say("--rate", *rated, "--top", "9999", "--json")
        return {movie["item_id"]: movie for movie in map(json.loads, out.splitlines()[1:])}

    with_it, without = predictions("318=5", "356=0.5"), predictions("318=5")
    (change,) = [reason["change"] for reason in with_it[858]["because"] if reason["item_id"] == 356]
    assert change == pytest.approx(with_it[858]["predicted"] - without[858]["predicted"], abs=1e-6)


def test_a_user_of_the_data_gets_what_they_have_not_rated(say):
    from cf_core.data.reading import EMBEDDED, read_ratings

    status, out, _ = say("--user", "1", "--json")
    movies = [json.loads(line) for line in out.splitlines()]
    frame = read_ratings(EMBEDDED).frame()
    own = set(frame.loc[frame["user_id"] == 1, "item_id"])
    assert status == 0 and [list(movie) for movie in movies] == [FIELDS] * 10
    assert not own & {movie["item_id"] for movie in movies}
    assert {reason["item_id"] for reason in movies[0]["because"]} < own  # the training ratings alone


def test_people_get_a_table(say):
    status, out, _ = say("--rate", "318=5", "--top", "2")
    assert status == 0 and "because of" in out and "Shawshank" in out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--user", "99999"], "no user with the id 99999"),
        (["--rate", "99999999=3"], "no movie with the id 99999999"),
        (["--rate", "318=5.5"], "5.5 stars is out of range"),
        (["--rate", "318=nan"], "nan stars is out of range"),
        (["--rate", "318=5", "318=4"], "movie 318 twice"),
        (["--rate", "318"], "ITEM_ID=RATING"),
        (["--rate", "=4"], "ITEM_ID=RATING"),
        (["--rate", "318=good"], "ITEM_ID=RATING"),
    ],
)
def test_bad_input_exits_2_with_one_line(say, argv, said):
    status, out, err = say(*argv)
    assert (status, out) == (2, "") and said in err
    assert err.count("\n") == 1


def test_a_movie_that_was_never_trained_cannot_be_rated(say, split):
    import numpy as np

    ratings = split.ratings
    n_train = np.bincount(ratings.item_idx[split.train_rows], minlength=ratings.n_items)
    item_id = ratings.items.ids[np.flatnonzero(n_train == 0)[0]]
    status, _, err = say("--rate", f"{item_id}=3")
    assert status == 2 and f"movie {item_id} are for validation" in err
