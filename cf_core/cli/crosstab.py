"""The command `crosstab`: the ratings of the busiest users for the most rated movies."""

import argparse
import sys
from typing import TYPE_CHECKING

from cf_core.cli.output import print_json, print_table
from cf_core.cli.parser import Commands, add_data, add_json, data_folder, positive

if TYPE_CHECKING:
    import pandas as pd


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "crosstab",
        help="who rated what",
        description="Print the ratings of the busiest users for the most rated items.",
    )
    add_data(parser)
    parser.add_argument("--users", type=positive, default=15, metavar="N", help="busiest users, down (15)")
    parser.add_argument("--movies", type=positive, default=15, metavar="N", help="most rated items, across (15)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="as CSV, an empty cell where there is no rating")
    add_json(form)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the crosstab of raw ids."""
    from cf_core.data.crosstab import crosstab
    from cf_core.data.reading import read_ratings

    ratings = read_ratings(data_folder(arguments))
    table = crosstab(ratings, arguments.users, arguments.movies)
    if arguments.csv:
        table.to_csv(sys.stdout)
    elif arguments.json:
        for user_id, row in table.iterrows():
            print_json({"user_id": user_id, **{str(item_id): rating for item_id, rating in row.items()}})
    else:
        _print(table, f"{ratings.name}: ratings of users (down) for {ratings.words.items} (across), raw ids")
    return 0


def _print(table: "pd.DataFrame", title: str) -> None:
    rows = [
        [str(user_id), *("" if rating != rating else f"{rating:g}" for rating in row)]
        for user_id, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    print_table(title, ["user", *map(str, table.columns)], rows)
