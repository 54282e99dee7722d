"""The chart of two rankers, user by user."""

import pandas as pd

from cf_core.charts.ranks.duel import ndcg_duel

FRAME = pd.DataFrame({"user_id": ["u", "v", "w", "x"], "one": [0.0, 0.5, 1.0, 0.25], "other": [0.5, 0.5, 0.75, 0.0]})


def test_a_bar_for_each_user_whom_one_serves_better() -> None:
    figure = ndcg_duel(FRAME, 10).to_dict()
    first, second = figure["data"]
    assert (first["name"], first["x"], first["y"]) == ("A is ahead", [0, 1], [0.25, 0.25])
    assert [known[-1] for known in first["customdata"]] == ["w", "x"]
    assert (second["name"], second["x"], second["y"]) == ("B is ahead", [3], [-0.5])
    assert second["customdata"] == [[0.0, 0.5, "u"]]
    assert figure["layout"]["yaxis"]["title"]["text"] == "NDCG@10 of A minus B"


def test_the_same_ranker_twice_has_no_bars() -> None:
    figure = ndcg_duel(FRAME.assign(other=FRAME["one"]), 5)
    assert [len(bars.x) for bars in figure.data] == [0, 0]
