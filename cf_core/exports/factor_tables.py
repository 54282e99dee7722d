"""The part "factors": a row per user and a row per item, as CSV and as Parquet."""

from pathlib import Path

import numpy as np
import pandas as pd

from cf_core.data.id_map import IdMap
from cf_core.exports.contents import Report, RunContents
from cf_core.exports.csv_files import UNGUARDED, read_line, write_csv
from cf_core.exports.part import Note, Part

SIDES = ("user", "item")


def write(contents: RunContents, folder: Path, report: Report) -> list[Note]:
    """Write `user_factors` and `item_factors`, each in both formats."""
    notes: list[Note] = []
    for number, side in enumerate(SIDES):
        table = factor_table(contents, side)
        write_csv(table, folder / f"{side}_factors.csv")
        report(2 * number + 1, 2 * len(SIDES))
        table.to_parquet(folder / f"{side}_factors.parquet", index=False)
        report(2 * number + 2, 2 * len(SIDES))
        notes += _notes(side, table)
    return notes


def factor_table(contents: RunContents, side: str) -> pd.DataFrame:
    """One row per user, or per item with its title and genres, in index order: the id, `n_train`, `bias` where the
    model has biases, `factor_1` to `factor_k`, and for users `interest_1` to `interest_k` where it has interests."""
    factors, ratings = contents.need_factors(), contents.ratings
    ids: IdMap = getattr(ratings, f"{side}s")
    columns: dict[str, object] = {f"{side}_id": ids.ids}
    if side == "item":
        columns |= {name: ratings.item_table[name].to_numpy() for name in ("title", "genres")}
    columns["n_train"] = getattr(factors, f"n_train_by_{side}")
    bias = getattr(factors, f"{side}_bias")
    if bias is not None:
        columns["bias"] = bias
    columns |= _numbered("factor", getattr(factors, f"{side}_factors"))
    if side == "user" and factors.user_interests is not None:
        columns |= _numbered("interest", factors.user_interests)
    return pd.DataFrame(columns)


def _numbered(name: str, matrix: np.ndarray) -> dict[str, object]:
    return {f"{name}_{number}": column for number, column in enumerate(matrix.T, start=1)}


def _notes(side: str, table: pd.DataFrame) -> list[Note]:
    has = [name for name in ("title", "genres", "bias") if name in table]
    says = (
        f"A row per {side}, in the order of the tensors' rows: id, {', '.join([*has, 'n_train'])} (number of training "
    )
    says += "ratings), and the factors. They are exact 32-bit numbers."
    csv_name, parquet = f"{side}_factors.csv", f"{side}_factors.parquet"
    guarded = f" {UNGUARDED}" if any(table[name].dtype.kind == "O" for name in table) or "title" in table else ""
    return [
        Note(csv_name, says + guarded, f"{side}_factors = {read_line(csv_name, table)}"),
        Note(parquet, "The same, with every text as it is.", f'{side}_factors = pandas.read_parquet("{parquet}")'),
    ]


PART = Part("factors", "Factors as tables", write)
