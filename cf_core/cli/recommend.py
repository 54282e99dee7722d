"""The command `recommend`: what a user of the data, or someone who rates a few movies here, should watch."""

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

from cf_core.cli.output import number, print_json, print_table
from cf_core.cli.parser import Commands, add_json, add_runs, positive
from cf_core.cli.runs import find, open_store
from cf_core.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from cf_core.config import TrainingConfig
    from cf_core.data.split import Split
    from cf_core.fitted_factors import FittedFactors
    from cf_core.insight.fold_in import UserVector
    from cf_core.insight.item_side import ItemSide
    from cf_core.words import Words

DESCRIPTION = """\
Recommend items, each with the parts of its prediction and the ratings that it rests on. The order is that of the
predicted ratings, also for a run that ranks by its users' interests.

With --rate, a new user is folded in: bias and factors are fitted to these ratings, the items stay as they are, with a
weight decay chosen on an inner split of the training users. With --user, predictions are by the user's trained factors,
and items that the user has rated are left out. A reason is the change of a prediction that a rating makes;
it is found by folding in again without it. That is exact for a new user. A user of the
data is folded in for it with their training ratings and the run's own weight decay (or a chosen one if the run has none
or used AdamW), which comes near their trained predictions, not to the digit.
"""


class _Request(NamedTuple):
    """For whom: the user, and the items that are not to be recommended. Why: items and stars of the ratings that the
    reasons speak of, and the weight decay to fold in with."""

    user: "UserVector"
    rated: "np.ndarray"
    items: "np.ndarray"
    stars: "np.ndarray"
    weight_decay: float


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("recommend", help="what to take next, and why", description=DESCRIPTION)
    parser.add_argument("name", metavar="RUN", help='id of a run, the beginning of one, or "latest"')
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--user", metavar="ID", help="a user of the data")
    who.add_argument(
        "--rate", nargs="+", action="extend", metavar="ITEM_ID=RATING", help="ratings of a new user, such as 318=4.5"
    )
    parser.add_argument("--top", type=positive, default=10, metavar="N", help="how many (10)")
    add_runs(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the recommendations; with `--rate` the new user first."""
    from cf_core.data.reading import read_ratings
    from cf_core.data.split import split_ratings
    from cf_core.insight.item_side import ItemSide
    from cf_core.insight.recommendations import recommend

    store = open_store(arguments.runs)
    trained = find(store, arguments.name)
    factors, ratings = store.factors(trained.run_id), read_ratings(trained.spec.data)
    trained.check_data(ratings)
    split = split_ratings(ratings, trained.spec.split)
    side = ItemSide.of(factors, trained.spec.config.model, split)
    if arguments.user is None:
        request = _new_user(arguments, factors, side, split)
    else:
        request = _user_of_data(arguments, trained.spec.config, factors, side, split)
    found = recommend(side, request.user, ratings, request.rated, arguments.top)
    records = _records(found.to_dict("records"), side, request, split)
    if arguments.json:
        for record in records:
            print_json(record)
    else:
        _print(f"{trained.run_id} recommends", records, ratings.words)
    return 0


def _new_user(arguments: argparse.Namespace, factors: "FittedFactors", side: "ItemSide", split: "Split") -> _Request:
    """Fold in the ratings of the command line, and say what came of it."""
    from cf_core.insight.fold_in import fold_in
    from cf_core.insight.fold_in_decay import choose_weight_decay

    items, stars = _typed_ratings(arguments.rate, side, split)
    user = fold_in(side, items, stars, choose_weight_decay(factors, side, split).weight_decay)
    if arguments.json:
        print_json(
            {
                "event": "folded_in",
                "user_bias": user.user_bias,
                "user_factors": user.user_factors,
                "weight_decay": user.weight_decay,
                "constant": side.scale.start,
            }
        )
    return _Request(user, items, items, stars, user.weight_decay)


def _user_of_data(
    arguments: argparse.Namespace,
    config: "TrainingConfig",
    factors: "FittedFactors",
    side: "ItemSide",
    split: "Split",
) -> _Request:
    from cf_core.insight.fold_in_decay import weight_decay_of_user
    from cf_core.insight.user_of_data import user_of_data

    ratings = split.ratings
    user_idx = int(ratings.users.index_of([ratings.users.read(arguments.user)])[0])
    user = user_of_data(ratings, split, factors, side, user_idx)
    decay = weight_decay_of_user(config, factors, side, split, user_idx)
    return _Request(user.vector, user.rated["item_idx"].to_numpy(), *user.training, decay)


def _typed_ratings(typed: list[str], side: "ItemSide", split: "Split") -> "tuple[np.ndarray, np.ndarray]":
    """Items and stars of `ITEM_ID=RATING` texts.

    Raises:
        ConfigError: one is not of that form, or its item is untrained or given twice.
        UnknownIdError: no item has that id.
    """
    import numpy as np

    items: dict[int, float] = {}
    words = split.ratings.words
    for text in typed:
        item_id, _, stars = text.rpartition("=")
        ids = split.ratings.items
        try:
            value = float(stars)
        except ValueError:
            value = None
        if not item_id or value is None:
            raise ConfigError(f"--rate {text!r} is not of the form ITEM_ID=RATING. Write it as 318=4.5.")
        item_idx = int(ids.index_of([ids.read(item_id)])[0])
        if item_idx in items:
            raise ConfigError(f"--rate names {words.item} {item_id} twice. Give it one rating.")
        if not side.trained[item_idx]:
            raise ConfigError(
                f"All ratings of {words.item} {item_id} are for validation, so the model knows nothing of it. "
                f"Rate another {words.item}."
            )
        items[item_idx] = value
    return np.array(list(items), dtype=np.int64), np.array(list(items.values()))


def _records(found: list[dict[Any, Any]], side: "ItemSide", request: _Request, split: "Split") -> list[dict[str, Any]]:
    """The recommendations with their parts and reasons, the strongest reason first."""
    import numpy as np

    from cf_core.insight.recommendations import because, parts

    item_idxs = [record["item_idx"] for record in found]
    changes = because(side, request.items, request.stars, request.weight_decay, item_idxs)
    reasons = split.ratings.item_table.iloc[request.items][["item_id", "title"]].to_dict("records")
    records = []
    for record, change in zip(found, changes.T, strict=True):
        made_of = parts(side, request.user, record["item_idx"])
        strongest = np.argsort(-np.abs(change), kind="stable")
        records.append(
            {
                **{name: record[name] for name in ("rank", "item_id", "title", "predicted")},
                "parts": {name: getattr(made_of, name) for name in ("constant", "user_bias", "item_bias", "factors")},
                "because": [{**reasons[row], "change": change[row]} for row in strongest],
            }
        )
    return records


def _print(title: str, records: list[dict[str, Any]], words: "Words") -> None:
    rows = []
    for record in records:
        made_of, reasons = record["parts"], record["because"]
        because = f"{reasons[0]['title']} ({reasons[0]['change']:+.2f})" if reasons else ""
        numbers = [made_of["constant"], made_of["user_bias"], made_of["item_bias"], float(made_of["factors"].sum())]
        stars = number(record["predicted"], 2)
        rows.append([str(record["rank"]), record["title"], stars, *(number(value, 2) for value in numbers), because])
    parts, because = ("constant", "user bias", f"{words.item} bias", "taste"), "most of all because of"
    print_table(title, ["rank", words.item, words.unit, *parts, because], rows, text=(words.item, because))
