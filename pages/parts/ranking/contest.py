"""Who takes part: the runs of the workspace on the same data and split, and the baselines, each ranked and judged."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import CFError
from cf_core.evaluation.metrics import Ranking, judge
from cf_core.evaluation.protocol import RankingTask
from cf_core.evaluation.rankers import BASELINE_RANKERS
from cf_core.evaluation.summary import RankerSummary
from cf_core.runs.run_views import RunView
from cf_core.runs.which_run import is_healthy
from pages.parts.ranking import cached
from pages.parts.ranking.lists import Pending, lists_of_baseline, lists_of_run
from pages.shared import session

MOST_RUNS = 12
"""The newest so many take part, and the selected one."""


@dataclass(frozen=True)
class Entrant:
    """One that takes part.

    Attributes:
        title: what it is called.
        lists: (n_users, MOST_PLACES), the items that it shows every user.
    """

    title: str
    is_run: bool
    lists: NDArray[np.int64]
    ranking: Ranking
    summary: RankerSummary


@dataclass(frozen=True)
class Contest:
    """All that take part, and all that do not.

    Attributes:
        entrants: by the run's id or the baseline's name.
        pending: those whose lists are still to be computed, by what they are called.
        left_out: why one cannot rank, by what it is called.
        n_others: how many runs of the workspace are not asked: on another split, not healthy, or too many.
    """

    entrants: Mapping[str, Entrant]
    pending: Mapping[str, Pending]
    left_out: Mapping[str, str]
    n_others: int

    def titles(self) -> dict[str, str]:
        """What each is called."""
        return {name: entrant.title for name, entrant in self.entrants.items()}

    def summaries(self, runs: bool) -> list[RankerSummary]:
        """Those of the runs, or those of the baselines."""
        return [entrant.summary for entrant in self.entrants.values() if entrant.is_run == runs]


def hold_contest(ratings: Ratings, split: SplitConfig, task: RankingTask, k: int) -> Contest:
    """Rank and judge the baselines and the runs; what cannot rank is left out, with the reason."""
    entrants: dict[str, Entrant] = {}
    pending: dict[str, Pending] = {}
    left_out: dict[str, str] = {}
    views = _run_views(ratings, split)
    for candidate in [*_baselines(ratings, split), *_runs(views, ratings)]:
        try:
            lists = candidate.lists()
            if isinstance(lists, Pending):
                pending[candidate.title] = lists
            else:
                entrants[candidate.name] = _entrant(candidate, lists, task, k)
        except CFError as error:
            left_out[candidate.title] = str(error)
    n_others = sum(run.run_id not in views for run in session.runs_here())
    return Contest(entrants, pending, left_out, n_others)


class _Candidate(NamedTuple):
    """One that would take part; its errors are RMSE and MAE, in stars."""

    name: str
    title: str
    is_run: bool
    lists: Callable[[], NDArray[np.int64] | Pending]
    errors: Callable[[], tuple[float | None, float | None]]


def _baselines(ratings: Ratings, split: SplitConfig) -> Iterator[_Candidate]:
    for name, ranker in BASELINE_RANKERS.items():
        lists = partial(lists_of_baseline, name, ratings, split)
        yield _Candidate(name, ranker.title, False, lists, partial(cached.errors_of_baseline, name, ratings, split))


def _runs(views: Mapping[str, RunView], ratings: Ratings) -> Iterator[_Candidate]:
    titles = session.run_names()
    for run_id, run_view in views.items():
        title = titles.get(run_id) or session.name_of(run_view.run)
        yield _Candidate(run_id, title, True, partial(lists_of_run, run_view, ratings), partial(_errors, run_view))


def _errors(run_view: RunView) -> tuple[float | None, float | None]:
    return run_view.run.rmse, cached.mae_of_run(run_view)


def _entrant(candidate: _Candidate, lists: NDArray[np.int64], task: RankingTask, k: int) -> Entrant:
    ranking = judge(task, lists[task.users, :k])
    summary = RankerSummary.of(candidate.name, ranking, *candidate.errors())
    return Entrant(candidate.title, candidate.is_run, lists, ranking, summary)


def _run_views(ratings: Ratings, split: SplitConfig) -> dict[str, RunView]:
    """The healthy runs on this data and split, newest first, and the selected one, which may be shared by a link."""

    def takes_part(view: RunView) -> bool:
        run = view.run
        same = run.fingerprint == ratings.fingerprint and run.spec.split == split
        return same and run.has_factors and not run.unfinished and is_healthy(run) and run.rmse is not None

    own: list[RunView] = [session.own_run(run.run_id) for run in session.runs_here()]
    views = [view for view in own if takes_part(view)][:MOST_RUNS]
    selected = session.selected_run()
    if selected is not None and takes_part(selected):
        views.append(selected)
    return {view.run.run_id: view for view in views}
