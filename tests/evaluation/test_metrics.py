"""The metrics by hand, against scikit-learn's, against a slow count, and what must hold for any ranker."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from cf_core.data.split import Split, SplitConfig
from cf_core.errors import ConfigError
from cf_core.evaluation import protocol
from cf_core.evaluation.metrics import (
    NOTHING,
    Ranking,
    Scores,
    judge,
    popularity_by_place,
    rank,
    top_items,
)
from cf_core.evaluation.protocol import RankingTask
from tests.small import make_split


def by_hand() -> Split:
    """Users down, items across; t: a training rating, a number: a validation rating.

            A  B  C  D  E  F
    user 0  t     5  4     5      F was never trained on: no candidate
    user 1  t  t  2     4
    user 2  t  t  t  3            3 stars are too few: user 2 has nothing to find
    user 3        t  t  t
    """
    cells = {
        "train": [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (3, 2), (3, 3), (3, 4)],
        "valid": [(0, 2, 5), (0, 3, 4), (0, 5, 5), (1, 2, 2), (1, 4, 4), (2, 3, 3)],
    }
    rows = [*((*cell, 4) for cell in cells["train"]), *cells["valid"]]
    user_idx, item_idx, rating = (np.array(column) for column in zip(*rows, strict=True))
    small = make_split(n_users=4, n_items=6, n_ratings=20).ratings
    ratings = replace(small, user_idx=user_idx, item_idx=item_idx, rating=rating.astype(np.float32))
    return Split(ratings, SplitConfig(), np.arange(9), np.arange(9, 15), 0, 0)


def always(*row: float) -> Scores:
    """Scores of the six items, the same for every user; 0 for those that are not given."""
    return lambda users: np.tile([*row, *[0.0] * (6 - len(row))], (len(users), 1))


def random_scores(seed: int, n_items: int = 15, n_values: int = 10**9) -> Scores:
    table = np.random.default_rng(seed).integers(0, n_values, (12, n_items)).astype(np.float64)
    return lambda users: table[users]


def test_the_task_by_hand() -> None:
    task = RankingTask.of(by_hand())
    assert task.users.tolist() == [0, 1]
    assert task.candidates.items.tolist() == [
        0,
        1,
        2,
        3,
        4,
    ]  # three, two, two, one, one ratings; equal numbers by index
    assert task.n_relevant.tolist() == [2, 1]
    assert RankingTask.of(by_hand(), threshold=3).users.tolist() == [0, 1, 2]


def test_the_metrics_by_hand() -> None:
    """Scores A 9, F 8, B 3, C 2, D 1, E 0. User 0 is shown B, C, D: hits at ranks 2 and 3 of 2 relevant; at k = 2 one
    of them. User 1 is shown C, D (E is third): a hit at rank 3 alone."""
    scores = always(9, 3, 2, 1, 0, 8)
    three = rank(RankingTask.of(by_hand()), scores, 3)
    assert three.top.tolist() == [[1, 2, 3], [2, 3, 4]]
    assert three.is_hit.tolist() == [[False, True, True], [False, False, True]]
    ideal = 1 + 1 / math.log2(3)
    assert three.ndcg == pytest.approx([(1 / math.log2(3) + 1 / 2) / ideal, 1 / 2])
    assert three.recall == pytest.approx([1, 1])
    assert three.popularity == pytest.approx([(2 + 2 + 1) / 3, (2 + 1 + 1) / 3])
    assert three.coverage == pytest.approx(4 / 5)
    two = rank(RankingTask.of(by_hand()), scores, 2)
    assert two.ndcg == pytest.approx([1 / math.log2(3) / ideal, 0])
    assert two.recall == pytest.approx([1 / 2, 0])
    one = rank(RankingTask.of(by_hand()), always(0, 0, 1), 1)
    assert one.ndcg == pytest.approx([1, 0])  # the ideal has one hit, for there is one place
    assert one.recall == pytest.approx([1 / 2, 0])


def test_equal_scores_are_ranked_by_training_ratings_and_then_by_index() -> None:
    found = rank(RankingTask.of(by_hand()), always(0, 0, 0, 0, 0, 0), 4)
    assert found.top.tolist() == [[1, 2, 3, 4], [2, 3, 4, NOTHING]]  # user 1 has three candidates
    assert found.popularity == pytest.approx([6 / 4, 4 / 3])


def test_against_scikit_learn_and_a_slow_count() -> None:
    split, k = make_split(30, 40, 500), 5
    table = np.random.default_rng(1).random((30, 40))
    task = RankingTask.of(split)
    found = rank(task, lambda users: table[users], k)
    ratings, seen = split.ratings, set(split.ratings.item_idx[split.train_rows].tolist())
    everything, users = set(), []
    for user in range(30):
        rated = {int(ratings.item_idx[row]) for row in split.train_rows if ratings.user_idx[row] == user}
        mine = [row for row in split.valid_rows if ratings.user_idx[row] == user and ratings.rating[row] >= 4]
        candidates = sorted(seen - rated)
        relevant = {int(ratings.item_idx[row]) for row in mine} & set(candidates)
        if not relevant:
            continue
        gains = [[item in relevant for item in candidates]]
        number = len(users)
        assert found.ndcg[number] == pytest.approx(ndcg_score(gains, [table[user, candidates]], k=k, ignore_ties=True))
        best = sorted(candidates, key=lambda item: -table[user, item])[:k]
        assert found.recall[number] == pytest.approx(len(relevant & set(best)) / len(relevant))
        everything |= set(best)
        users.append(user)
    assert task.users.tolist() == users
    assert found.coverage == pytest.approx(len(everything) / len(seen))


@settings(max_examples=40)
@given(seed=st.integers(0, 1_000), k=st.integers(1, 20))
def test_recall_grows_with_k(seed: int, k: int) -> None:
    task, scores = RankingTask.of(make_split(seed=seed)), random_scores(seed)
    fewer, more = rank(task, scores, k), rank(task, scores, k + 1)
    assert (more.recall >= fewer.recall).all()
    assert more.coverage >= fewer.coverage
    assert (fewer.top == more.top[:, :k]).all()


@settings(max_examples=40)
@given(seed=st.integers(0, 1_000), k=st.integers(1, 20))
def test_the_perfect_ranking_has_ndcg_1_and_the_worst_is_not_better_than_any(seed: int, k: int) -> None:
    task = RankingTask.of(make_split(seed=seed))
    truth = task.relevant.toarray()
    perfect, worst = rank(task, lambda users: truth[users], k), rank(task, lambda users: -truth[users], k)
    assert perfect.ndcg == pytest.approx(np.ones(perfect.n_users))
    assert perfect.recall == pytest.approx(np.minimum(task.n_relevant, k) / task.n_relevant)
    any_other = rank(task, random_scores(seed), k)
    assert (worst.ndcg <= any_other.ndcg + 1e-12).all()


@settings(max_examples=40)
@given(seed=st.integers(0, 1_000))
def test_the_numbers_of_items_do_not_matter(seed: int) -> None:
    """Other indices for the same items: all metrics stay."""
    split, draw = make_split(seed=seed), np.random.default_rng(seed)
    new = draw.permutation(15)
    other = replace(split, ratings=replace(split.ratings, item_idx=new[split.ratings.item_idx]))
    table = draw.permutation(12 * 15).reshape(12, 15).astype(np.float64)
    moved = np.empty_like(table)
    moved[:, new] = table
    first = rank(RankingTask.of(split), lambda users: table[users], 4)
    second = rank(RankingTask.of(other), lambda users: moved[users], 4)
    assert np.array_equal(first.ndcg, second.ndcg)
    assert np.array_equal(first.recall, second.recall)
    assert np.array_equal(first.popularity, second.popularity)
    assert first.coverage == second.coverage


@settings(max_examples=40)
@given(seed=st.integers(0, 1_000), k=st.integers(1, 20))
def test_the_top_is_that_of_a_full_sort_ties_included(seed: int, k: int) -> None:
    task, scores = RankingTask.of(make_split(seed=seed)), random_scores(seed, n_values=3)
    found = rank(task, scores, k)
    rated = task.candidates.rated.toarray()
    for user, top in zip(task.users, found.top, strict=True):
        candidates = [item for item in task.candidates.items if not rated[user, item]]
        row = scores(np.array([user]))[0]
        expected = sorted(candidates, key=lambda item: (-row[item], -task.candidates.n_train_by_item[item], item))[:k]
        assert top[top != NOTHING].tolist() == expected


def test_in_blocks_of_users_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    task, scores = RankingTask.of(make_split()), random_scores(0)
    at_once, told = rank(task, scores, 3), []
    monkeypatch.setattr(protocol, "CELLS_AT_ONCE", 15 * 5)
    in_blocks = rank(task, scores, 3, lambda done, n: told.append((done, n)))
    assert np.array_equal(at_once.top, in_blocks.top)
    n = len(task.users)
    assert told == [(min(done, n), n) for done in range(5, n + 5, 5)]


def test_what_cannot_be_ranked_says_so() -> None:
    task = RankingTask.of(by_hand())
    with pytest.raises(ConfigError, match="k=0 ranks nothing"):
        rank(task, always(0), 0)
    with pytest.raises(ConfigError, match="not numbers"):
        rank(task, always(math.nan))
    with pytest.raises(ConfigError, match="Choose a lower threshold"):
        RankingTask.of(by_hand(), threshold=5.5)


def test_popularity_by_place_by_hand() -> None:
    """At k = 4 user 0 is shown B, C, D, E and user 1 C, D, E: two, two, one and one ratings."""
    task = RankingTask.of(by_hand())
    means = popularity_by_place(rank(task, always(0), 5), task.candidates.n_train_by_item)
    assert means[:4].tolist() == [2, 1.5, 1, 1]
    assert math.isnan(means[4])


def test_the_relevant_of_a_user() -> None:
    assert [RankingTask.of(by_hand()).relevant_of(user).tolist() for user in (0, 1, 2)] == [[2, 3], [4], []]


def test_the_lists_of_all_users_give_the_same_metrics() -> None:
    """Lists longer than k, for users who have nothing to find too: a page keeps them while k and threshold change."""
    task, scores = RankingTask.of(make_split()), random_scores(0)
    lists = top_items(task.candidates, scores, np.arange(12), 15)
    kept, fresh = judge(task, lists[task.users, :4]), rank(task, scores, 4)
    assert np.array_equal(kept.top, fresh.top)
    assert np.array_equal(kept.ndcg, fresh.ndcg)


def test_a_ranking_counts_its_users() -> None:
    found: Ranking = rank(RankingTask.of(by_hand()), always(0))
    assert found.n_users == 2
