"""The verdict: each of the sentences that it can say, from made-up lists of numbers."""

import numpy as np
import pytest

from cf_core.evaluation.metrics import Ranking
from cf_core.evaluation.verdict import Judged, verdict


def judged(name: str, rmse: float | None, mean: float) -> Judged:
    """One whose NDCG is `mean` in the mean of a hundred users, with a spread of 0.01 that no other shares."""
    ndcg = mean + 0.01 * np.random.default_rng(len(name)).permutation(np.tile([-1.0, 1.0], 50))
    nothing = np.zeros(100)
    return Judged(name, rmse, Ranking(np.zeros((100, 1), int), np.zeros((100, 1), bool), ndcg, nothing, nothing, 0.1))


BASELINES = {"popular": judged("popular", None, 0.15), "ease": judged("ease", None, 0.30)}


def test_without_a_run() -> None:
    said = verdict([], BASELINES, 10)
    assert said.tone == "fair"
    assert said.text == (
        "The most popular movies, the same for all, reach NDCG@10 0.150. EASE, which sees who rated what but no stars, "
        "reaches 0.300."
    )
    assert "EASE" not in verdict([], {"popular": BASELINES["popular"]}, 10).text


@pytest.mark.parametrize(
    ("mean", "tone", "words"),
    [
        (0.10, "bad", "good run predicts best, yet ranks below plain popularity: NDCG@5 0.100 against 0.150."),
        (0.15, "fair", "good run predicts best and ranks about like plain popularity"),
        (0.20, "good", "good run predicts best and ranks above plain popularity"),
    ],
)
def test_the_run_of_the_best_rmse_against_popularity(mean: float, tone: str, words: str) -> None:
    runs = [judged("a poor run", 0.95, 0.12), judged("good run", 0.85, mean)]
    said = verdict(runs, BASELINES, 5)
    assert said.tone == tone
    assert said.text.startswith(words)
    assert said.text.endswith(" EASE, which sees no stars, reaches 0.300.")


def test_a_run_that_ranks_better_is_named_if_popularity_is_below_it() -> None:
    runs = [judged("good run", 0.85, 0.10), judged("other run", 1.05, 0.25)]
    assert "other run ranks better: 0.250." in verdict(runs, BASELINES, 10).text
    level = [judged("good run", 0.85, 0.10), judged("other run", 1.05, 0.15)]
    assert "other run" not in verdict(level, BASELINES, 10).text


@pytest.mark.parametrize(
    ("mean", "words"), [(0.40, "That beats EASE (0.300), which sees no stars."), (0.30, "ranks as well: 0.300.")]
)
def test_a_run_as_good_as_ease(mean: float, words: str) -> None:
    assert verdict([judged("ranker", 1.2, mean)], BASELINES, 10).text.endswith(words)


def test_where_ease_is_out_of_reach_nothing_is_said_of_it() -> None:
    assert "EASE" not in verdict([judged("run", 0.9, 0.1)], {"popular": BASELINES["popular"]}, 10).text
