"""The command `evaluate`: how well a run ranks what its users have not rated, beside how well it predicts stars."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cf_core.cli.output import number, print_json, print_table
from cf_core.cli.parser import Commands, add_json, add_runs, positive
from cf_core.cli.runs import find, open_store

if TYPE_CHECKING:
    from cf_core.data.split import Split
    from cf_core.evaluation.protocol import RankingTask
    from cf_core.evaluation.summary import RankerSummary
    from cf_core.runs.spec import Run
    from cf_core.runs.store.run_store import RunStore
    from cf_core.words import Words

FIELDS = ("name", "rmse", "mae", "ndcg", "recall", "coverage", "n_users")


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "evaluate",
        help="how well a run ranks",
        description="Rank for each user the items that they have not rated in training, and look for those that they "
        "liked among their validation ratings.",
    )
    parser.add_argument("name", metavar="RUN", help='id of a run, the beginning of one, or "latest"')
    parser.add_argument("--k", type=positive, default=10, metavar="K", help="how many places count (10)")
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="RATING",
        help="liked from which rating on (4.0; on other scales about the median)",
    )
    parser.add_argument(
        "--baselines", action="store_true", help="also most popular, damped means, and EASE (Steck 2019)"
    )
    add_runs(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for the run and, if asked for, one for each baseline."""
    from cf_core.data.reading import read_ratings
    from cf_core.data.split import split_ratings
    from cf_core.evaluation.protocol import RankingTask, usual_threshold

    store = open_store(arguments.runs)
    run = find(store, arguments.name)
    ratings = read_ratings(run.spec.data)
    run.check_data(ratings)
    split = split_ratings(ratings, run.spec.split)
    threshold = usual_threshold(ratings) if arguments.threshold is None else arguments.threshold
    task = RankingTask.of(split, threshold)
    found = [_of_run(store, run, task, arguments.k)]
    if arguments.baselines:
        found += _of_baselines(split, task, arguments.k)
    if arguments.json:
        for each in found:
            print_json({field: getattr(each, field) for field in FIELDS})
        return 0
    _print(found, arguments.k, threshold, ratings.words)
    return 0


def _of_run(store: "RunStore", run: "Run", task: "RankingTask", k: int) -> "RankerSummary":
    from cf_core.evaluation.metrics import rank
    from cf_core.evaluation.run_scores import scores_of_run
    from cf_core.evaluation.summary import RankerSummary

    model = run.spec.config.model
    weights = store.files.weights(run.run_id) if model.kind == "net" else None
    ranking = rank(task, scores_of_run(store.factors(run.run_id), model, weights), k)
    epochs = store.history(run.run_id).epochs
    return RankerSummary.of(run.run_id, ranking, run.rmse, epochs[-1].mae if epochs else None)


def _of_baselines(split: "Split", task: "RankingTask", k: int) -> "Iterator[RankerSummary]":
    from cf_core.evaluation.metrics import rank
    from cf_core.evaluation.rankers import BASELINE_RANKERS, rating_errors
    from cf_core.evaluation.summary import RankerSummary

    for name, ranker in BASELINE_RANKERS.items():
        yield RankerSummary.of(name, rank(task, ranker.scores(split), k), *rating_errors(name, split))


def _print(found: "list[RankerSummary]", k: int, threshold: float, words: "Words") -> None:
    title = f"Top {k} for {found[0].n_users:,} users, liked from {words.value(threshold)} on"
    rows = [
        [
            each.name,
            number(each.rmse),
            number(each.mae),
            f"{number(each.ndcg)} ± {number(each.ndcg_error)}",
            number(each.recall),
            f"{each.coverage:.1%}",
            f"{each.popularity:,.0f}",
        ]
        for each in found
    ]
    columns = [
        "ranker",
        f"RMSE ({words.unit})",
        f"MAE ({words.unit})",
        f"NDCG@{k}",
        f"recall@{k}",
        "coverage",
        "ratings of the top",
    ]
    print_table(title, columns, rows, text=("ranker",))
