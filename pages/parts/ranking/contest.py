"""Who takes part: the runs of the workspace on the same data and split, and the baselines, each ranked and judged."""

from collections.abc import Mapping
from dataclasses import dataclass

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
from pages.shared import session
from pages.shared.ranked_lists import lists_of_run

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
    """All that take part, by the run's id or the baseline's name, and why others do not, by what they are called."""

    entrants: Mapping[str, Entrant]
    left_out: Mapping[str, str]

    def titles(self) -> dict[str, str]:
        """What each is called."""
        return {name: entrant.title for name, entrant in self.entrants.items()}

    def summaries(self, runs: bool) -> list[RankerSummary]:
        """Those of the runs, or those of the baselines."""
        return [entrant.summary for entrant in self.entrants.values() if entrant.is_run == runs]


def hold_contest(ratings: Ratings, split: SplitConfig, task: RankingTask, k: int) -> Contest:
    """Rank and judge the runs and the baselines; a run that cannot rank is left out, with the reason."""
    entrants: dict[str, Entrant] = {}
    left_out: dict[str, str] = {}
    titles = session.run_names()
    for run_id, run_view in _run_views(ratings, split).items():
        title = titles.get(run_id) or session.name_of(run_view.run)
        try:
            lists, errors = lists_of_run(run_view, ratings), (run_view.run.rmse, cached.mae_of_run(run_view))
            entrants[run_id] = _entrant(run_id, title, True, lists, errors, task, k)
        except CFError as error:
            left_out[title] = str(error)
    for name, ranker in BASELINE_RANKERS.items():
        try:
            lists = cached.lists_of_baseline(name, ratings, split)
            errors = cached.errors_of_baseline(name, ratings, split)
            entrants[name] = _entrant(name, ranker.title, False, lists, errors, task, k)
        except CFError as error:
            left_out[ranker.title] = str(error)
    return Contest(entrants, left_out)


def _entrant(
    name: str,
    title: str,
    is_run: bool,
    lists: NDArray[np.int64],
    errors: tuple[float | None, float | None],
    task: RankingTask,
    k: int,
) -> Entrant:
    ranking = judge(task, lists[task.users, :k])
    return Entrant(title, is_run, lists, ranking, RankerSummary.of(name, ranking, *errors))


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
