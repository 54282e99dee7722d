"""The commands `leaderboard` and `project`: movies by their bias, and on the principal components of their factors."""

import argparse
from typing import TYPE_CHECKING, Any

from cf_core.cli.output import number, print_json, print_table
from cf_core.cli.parser import Commands, add_json, add_runs, positive
from cf_core.cli.runs import find, open_store

if TYPE_CHECKING:
    from cf_core.data.ratings import Ratings
    from cf_core.fitted_factors import FittedFactors
    from cf_core.insight.projection import Projection
    from cf_core.runs.spec import Run


def add_to(commands: Commands) -> None:
    """Add both commands to the parser."""
    board = commands.add_parser("leaderboard", help="best and worst items of a run", description="Rank items by bias.")
    _add_run(board)
    board.add_argument("--order", choices=("best", "worst"), default="best", help="which end (best)")
    board.add_argument("--top", type=positive, default=15, metavar="N", help="how many (15)")
    board.set_defaults(run=run_leaderboard)
    projection = commands.add_parser("project", help="map of items of a run", description="PCA of the items' factors.")
    _add_run(projection)
    projection.add_argument("--components", type=positive, default=3, metavar="N", help="how many (3)")
    projection.set_defaults(run=run_project)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="RUN", help='id of a run, the beginning of one, or "latest"')
    parser.add_argument("--popular", type=positive, default=3_000, metavar="N", help="among the N most rated (3000)")
    add_runs(parser)
    add_json(parser)


def run_leaderboard(arguments: argparse.Namespace) -> int:
    """Print the leaderboard of a run."""
    from cf_core.insight.leaderboard import leaderboard

    run, factors, ratings = _open(arguments)
    table = leaderboard(factors, ratings, arguments.order, arguments.top, arguments.popular)
    records = table.to_dict("records")
    if arguments.json:
        for record in records:
            print_json({str(field): value for field, value in record.items()})
        return 0
    rows = [_board_row(record) for record in records]
    words = ratings.words
    title = f"The {arguments.order} {words.items} of {run.run_id} by bias, among the {arguments.popular:,} most rated"
    columns = ["rank", words.item, f"bias ({words.told(factors.bias_unit)})", "ratings", f"mean ({words.unit})"]
    print_table(title, columns, rows, text=(words.item,))
    return 0


def run_project(arguments: argparse.Namespace) -> int:
    """Print the movies on their principal components: as JSON all of them, else the ends of each component."""
    from cf_core.insight.projection import project

    run, factors, ratings = _open(arguments)
    projection = project(factors, ratings, arguments.components, arguments.popular)
    if arguments.json:
        movies = zip(projection.movies["item_id"], projection.movies["title"], projection.components.T, strict=True)
        for item_id, title, components in movies:
            print_json({"item_id": item_id, "title": title, "components": components})
        return 0
    for component in range(arguments.components):
        _print_ends(run.run_id, projection, component)
    return 0


def _open(arguments: argparse.Namespace) -> "tuple[Run, FittedFactors, Ratings]":
    """The run that the arguments name, its factors, and the ratings that it was trained on."""
    from cf_core.data.reading import read_ratings

    store = open_store(arguments.runs)
    run = find(store, arguments.name)
    factors, ratings = store.factors(run.run_id), read_ratings(run.spec.data)
    run.check_data(ratings)
    return run, factors, ratings


def _board_row(record: dict[Any, Any]) -> list[str]:
    bias, mean = number(record["bias"]), number(record["mean_rating"], 2)
    return [str(record["rank"]), record["title"], bias, f"{record['n_ratings']:,}", mean]


def _print_ends(run_id: str, projection: "Projection", component: int) -> None:
    high, low = projection.ends(component)
    rows = list(zip(high["title"], low["title"], strict=True))
    share = projection.explained_variance_ratio[component]
    title = f"\nComponent {component} of {run_id}: {share:.1%} of the variance"
    print_table(title, ["high end", "low end"], rows, text=("high end", "low end"))
