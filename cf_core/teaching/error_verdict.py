"""What the errors of a model say, in one sentence above each picture of them."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.insight.detective import Case
from cf_core.insight.error_slices import NEVER, NO_YEAR, Measure, SliceBy, Standing
from cf_core.words import MOVIES, Words

ENOUGH = 30
"""A slice of fewer ratings is not singled out."""

BESIDE: dict[Standing, str] = {
    "better": "better than the means",
    "worse": "worse than the means",
    "no clear difference": "no better than the means",
    "too few to tell": "on too few ratings to tell",
}


def slice_verdict(frame: pd.DataFrame, by: SliceBy, measure: Measure, words: Words = MOVIES) -> str:
    """Between which slices of `cf_core.insight.error_slices.slice_errors` the error changes most, and whether the model
    is better there than the means: of the slices in order of their counts the ends, of others the worst and the best.
    Slices of fewer than `ENOUGH` ratings are named only where there are no others."""
    large = frame[frame["n_ratings"] >= ENOUGH]
    known = large if len(large) else frame
    if len(known) == 1:
        (row,) = known.to_dict("records")
        who = _who(row["slice"], by, words)
        return f"{_error(row, measure)} for {who}, {BESIDE[row['standing']]}: there is no other slice."
    values = known[measure]
    ends = (0, len(known) - 1) if by in ("movie", "user") else (int(values.argmax()), int(values.argmin()))
    first, last = (known.iloc[end].to_dict() for end in ends)
    beside = [BESIDE[row["standing"]] for row in (first, last)]
    texts = [f"{_error(row, measure)} for {_who(row['slice'], by, words)}" for row in (first, last)]
    if beside[0] == beside[1]:
        return f"{texts[0]} and {texts[1].removeprefix(measure.upper()).lstrip()}, both {beside[0]}.{_where_not(frame)}"
    return f"{texts[0]}, {beside[0]}; {texts[1]}, {beside[1]}.{_where_not(frame)}"


def error_duel_verdict(frame: pd.DataFrame) -> str:
    """In how many slices of which of two runs, A and its rival B, the error is clearly lower."""
    told = frame[frame["standing"] != "too few to tell"]
    ahead = {name: int((told["standing"] == standing).sum()) for name, standing in (("A", "better"), ("B", "worse"))}
    if not any(ahead.values()):
        return f"In none of {len(told)} slices is one of the two clearly better."
    first, second = sorted(ahead, key=lambda name: -ahead[name])
    return f"**{first}** is clearly better in {ahead[first]} of {len(told)} slices, **{second}** in {ahead[second]}."


def calibration_verdict(bins: pd.DataFrame, words: Words = MOVIES) -> str:
    """How far the ratings behind a bin of predictions lie from it, on average and at most."""
    gap = bins["actual"] - bins["predicted"]
    mean = float(np.average(gap.abs(), weights=bins["n_ratings"]))
    most = bins.iloc[int(gap.abs().argmax())]
    return (
        f"What users give is {mean:.2f} {words.unit} off what is predicted, bin by bin; most where the model says "
        f"{most['predicted']:.2f} and they give {most['actual']:.2f}."
    )


def residual_verdict(residual: NDArray[np.floating], near: float = 0.5, words: Words = MOVIES) -> str:
    """How many predictions are close, no more than `near` off, and how many are far off, more than four times that."""
    size = np.abs(residual)
    return (
        f"{_share(size <= near)} of {len(size):,} predictions are within {_size(near, words)}; "
        f"{_share(size > 4 * near)} are off by more than {words.value(4 * near)}."
    )


def neighbour_verdict(case: Case, errors: pd.DataFrame, words: Words = MOVIES) -> str:
    """Whether any neighbours would have been closer than the model to the rating of `case`, by the table
    of `cf_core.insight.detective.neighbour_errors`."""
    known = errors.dropna(subset=["predicted"])
    if known.empty:
        return (
            f"No neighbour can help: nobody similar rated this {words.item}, and nothing like it is among the user's "
            "ratings."
        )
    n = int(known["is_closer"].sum())
    if not n:
        return f"No neighbours come closer: the model is {abs(case.residual):.2f} {words.unit} off, they are further."
    best = known.iloc[int(known["residual"].abs().argmin())]
    who = words.items if best["via"] == "movies" else "users"
    return (
        f"{n} of {len(known)} kinds of neighbours come closer; closest are the similar {who} by {best['by']}, "
        f"{abs(best['residual']):.2f} {words.unit} off where the model is {abs(case.residual):.2f}."
    )


def _where_not(frame: pd.DataFrame) -> str:
    """In how many of the slices with ratings enough the model is not better than the means."""
    told = frame[frame["standing"] != "too few to tell"]
    n = int((told["standing"] != "better").sum())
    return f" In {n} of {len(told)} slices it is not clearly better." if n else ""


def _error(row: dict[Hashable, Any], measure: Measure) -> str:
    return f"{measure.upper()} {row[measure]:.2f}"


def _who(name: str, by: SliceBy, words: Words) -> str:
    if by in ("movie", "user"):
        noun = words.items if by == "movie" else "users"
        if name == NEVER:
            return f"{noun} without a training rating"
        return f"{noun} with {name} training rating{'' if name == '1' else 's'}"
    if by == "decade":
        return f"{words.items} without a year" if name == NO_YEAR else f"{words.items} of the {name}"
    return f"ratings of {name} {words.one_unit if name == '1' else words.unit}" if by == "rating" else name


def _size(near: float, words: Words) -> str:
    return f"half a {words.one_unit}" if near == 0.5 else words.value(near)


def _share(which: NDArray[np.bool_]) -> str:
    return f"{float(which.mean()):.1%}"
