"""The metrics of a ranking, from any ranker's scores: NDCG@k, recall@k, coverage, and how popular the top k are."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.errors import ConfigError
from cf_core.evaluation.protocol import Candidates, RankingTask

Scores = Callable[[NDArray[np.int64]], NDArray[np.floating]]
"""Gives the scores of some users for all items, (len(users), n_items), the best highest."""

Report = Callable[[int, int], None]
"""Is told how many users are done, of how many."""

K = 10
NOTHING = -1
"""In place of an item, where a user has fewer candidates than k."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """What a ranker put on top, and how good that is; one row per user of the task, in its order.

    Attributes:
        top: (n, k) indices of the items ranked first to k-th, `NOTHING` where there are no more candidates.
        is_hit: (n, k), which of them are relevant.
        ndcg, recall: (n,), see `judge`.
        popularity: (n,) mean number of training ratings of the items in a user's top k.
        coverage: share of the trained items that appear in any top k, 0 to 1.
    """

    top: NDArray[np.int64]
    is_hit: NDArray[np.bool_]
    ndcg: NDArray[np.float64]
    recall: NDArray[np.float64]
    popularity: NDArray[np.float64]
    coverage: float

    @property
    def n_users(self) -> int:
        return len(self.top)


def rank(task: RankingTask, scores: Scores, k: int = K, report: Report | None = None) -> Ranking:
    """Rank the candidates of the task's users by `scores`, and judge the top k: see `top_items` and `judge`.

    Raises:
        ConfigError: `k` is below 1, or a score is not a number.
    """
    return judge(task, top_items(task.candidates, scores, task.users, k, report))


def top_items(
    candidates: Candidates, scores: Scores, users: NDArray[np.int64], k: int = K, report: Report | None = None
) -> NDArray[np.int64]:
    """The items of the k highest scores among each user's candidates, best first, (len(users), k); see `Ranking.top`.

    Equal scores are ranked by the number of training ratings, most first, then by index. The scores of only some users
    are in memory at a time.

    Args:
        scores: those of items that are no candidates do not matter.
        report: is told of the progress after each block of users.

    Raises:
        ConfigError: `k` is below 1, or a score is not a number.
    """
    if k < 1:
        raise ConfigError(f"k={k} ranks nothing. Choose 1 or more.")
    tops, done = [np.empty((0, k), np.int64)], 0
    for block in candidates.blocks(users):
        tops.append(_top(candidates, scores(block), block, k))
        done += len(block)
        if report is not None:
            report(done, len(users))
    return np.concatenate(tops)


def _top(candidates: Candidates, scores: NDArray[np.floating], users: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    in_order = scores[:, candidates.items].astype(np.float64)
    if np.isnan(in_order).any():
        raise ConfigError("Some scores are not numbers, so they have no order. Choose a run that did not diverge.")
    in_order[candidates.rated[users][:, candidates.items].nonzero()] = -np.inf
    n_items = in_order.shape[1]
    least = np.partition(in_order, n_items - k, axis=1)[:, n_items - k] if k < n_items else np.full(len(users), -np.inf)
    rows, columns = np.nonzero((in_order >= least[:, None]) & (in_order > -np.inf))
    best_first = np.lexsort((-in_order[rows, columns], rows))  # stable: ties stay in the order of the candidates
    rows, columns = rows[best_first], columns[best_first]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    top = np.full((len(users), k), NOTHING)
    top[rows[place < k], place[place < k]] = candidates.items[columns[place < k]]
    return top


def judge(task: RankingTask, top: NDArray[np.int64]) -> Ranking:
    """Judge the top k of each of the task's users. With binary gains,

        DCG@k    = Σ over the hits among the top k of 1 / log2(1 + rank)          rank from 1
        NDCG@k   = DCG@k / the same sum over the ranks 1 to min(k, number of relevant items)
        recall@k = hits among the top k / number of relevant items

    Args:
        top: (len(task.users), k), see `Ranking.top`.

    Source: Järvelin & Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (2002).
    """
    k = top.shape[1]
    is_filled = top != NOTHING
    is_hit = is_filled & (task.relevant[task.users[:, None], np.maximum(top, 0)].toarray() > 0)
    discount = 1 / np.log2(1 + np.arange(1, k + 1))
    ideal = np.cumsum(discount)[np.minimum(task.n_relevant, k) - 1]
    return Ranking(
        top=top,
        is_hit=is_hit,
        ndcg=is_hit @ discount / ideal,
        recall=is_hit.sum(axis=1) / task.n_relevant,
        popularity=np.where(is_filled, task.candidates.n_train_by_item[top], 0).sum(axis=1) / is_filled.sum(axis=1),
        coverage=len(np.unique(top[is_filled])) / len(task.candidates.items),
    )


def popularity_by_place(ranking: Ranking, n_train_by_item: NDArray[np.int64]) -> NDArray[np.float64]:
    """(k,) mean number of training ratings, over the users, of what stands at each place; NaN where no user has an item
    there."""
    is_filled = ranking.top != NOTHING
    sums = np.where(is_filled, n_train_by_item[ranking.top], 0).sum(axis=0)
    counts = is_filled.sum(axis=0)
    means = np.full(len(counts), np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means
