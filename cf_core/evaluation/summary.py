"""One line per ranker: how well it predicts stars, and how well it ranks."""

from dataclasses import dataclass

from cf_core.evaluation.metrics import Ranking
from cf_core.insight.standard_error import standard_error


@dataclass(frozen=True)
class RankerSummary:
    """Means over the users of a task.

    Attributes:
        name: a run's id, or the name of a baseline.
        rmse, mae: of the predicted ratings on the validation rows, in stars; None where it predicts none.
        ndcg, recall, popularity: means of those of `Ranking`.
        ndcg_error, recall_error: standard errors of the two means, NaN for a single user.
        coverage: share of the trained items, 0 to 1.
        n_users: how many users were ranked for.
    """

    name: str
    rmse: float | None
    mae: float | None
    ndcg: float
    ndcg_error: float
    recall: float
    recall_error: float
    coverage: float
    popularity: float
    n_users: int

    @classmethod
    def of(cls, name: str, ranking: Ranking, rmse: float | None, mae: float | None) -> "RankerSummary":
        """The summary of a ranking."""
        return cls(
            name=name,
            rmse=rmse,
            mae=mae,
            ndcg=float(ranking.ndcg.mean()),
            ndcg_error=standard_error(ranking.ndcg),
            recall=float(ranking.recall.mean()),
            recall_error=standard_error(ranking.recall),
            coverage=ranking.coverage,
            popularity=float(ranking.popularity.mean()),
            n_users=ranking.n_users,
        )
