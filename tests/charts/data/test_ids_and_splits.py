import pandas as pd

from cf_core.charts.data.ids import id_gaps
from cf_core.charts.data.splits import split_over_time, validation_share_by_user

GAPS = pd.DataFrame({"first": [0, 10, 20], "last": [9, 19, 22], "n_used": [4, 0, 1], "n_unused": [6, 10, 2]})


def test_gaps_are_what_is_blank_below_the_line_of_all_ids() -> None:
    figure = id_gaps(GAPS, "movie")
    used, every = figure.data
    assert (list(used.x), list(used.y), used.line.shape) == ([0, 10, 20, 23], [4, 0, 1, 1], "hv")
    assert (list(every.x), list(every.y)) == ([0, 23], [10, 10])
    assert list(used.customdata[2]) == [20, 22, 1, 2]
    assert figure.layout.title.text == "Which movie ids are in use"
    assert figure.layout.xaxis.title.text == "raw movie id"
    assert figure.layout.yaxis.title.text == "ids in use, of each 10"
    assert "movie ids %{customdata[0]:,}" in used.hovertemplate


def test_split_over_time() -> None:
    quarters = pd.DataFrame({"quarter": pd.to_datetime(["2001-04-01"]), "n_train": [8], "n_valid": [2]})
    figure = split_over_time(quarters)
    train, valid = figure.data
    assert (list(train.x), list(train.y), list(valid.y)) == (["2001-04-01"], [8], [2])
    assert list(train.customdata) == ["2001, quarter 2"]
    assert (train.name, valid.name) == ("to train on", "to validate")
    assert figure.layout.barmode == "stack"


def test_held_back_by_user() -> None:
    # Shares of 0, 20, 24 and 100 %: in the steps from 0, 20, 20 and 95.
    users = pd.DataFrame({"user_id": [1, 2, 3, 4], "n_ratings": [10, 10, 50, 3], "n_valid": [0, 2, 12, 3]})
    (bars,) = validation_share_by_user(users).data
    assert list(bars.y) == [1, 0, 0, 0, 2, *[0] * 14, 1]
    assert (bars.x[4], bars.customdata[4], bars.customdata[19]) == (22.5, "20 to 25", "95 to 100")
