"""What each setting of many runs is worth: how much of what came out it explains, and how sure that is."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.errors import TooFewError

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestRegressor

FEWEST = 12
"""Runs that it takes at least: with fewer, a forest finds patterns in anything."""
N_RESAMPLES, N_TREES, N_SHUFFLES = 20, 50, 5
LOW, HIGH = 0.1, 0.9


class Importance(NamedTuple):
    """The share of the variance of a result that a setting explains: the median over the resamples, and where eight of
    ten of them lie. At about 0, the setting made no difference that these runs could show."""

    setting: str
    share: float
    low: float
    high: float


def importances(settings: pd.DataFrame, result: pd.Series, seed: int = 0) -> list[Importance]:
    """Permutation importance (Breiman 2001) over bootstrap resamples of the runs, the most important setting first.

    From each resample a random forest learns to predict the result from the settings. On the runs that it has not seen,
    one setting at a time is shuffled among them: I = (MSE shuffled − MSE) / Var(result). Whatever a forest cannot tell
    apart, such as two settings that always changed together, it shares between them.

    Args:
        settings: a row per run, a column per setting; numbers, or text for those with names; NaN or None where a run
            has no such setting.
        result: of each run, without NaN.

    Raises:
        TooFewError: there are fewer than `FEWEST` runs, or all came to the same.
    """
    n_runs = len(result)
    if n_runs < FEWEST or result.nunique() < 2:
        problem = f"{n_runs} runs" if n_runs < FEWEST else "all runs came to the same"
        raise TooFewError(problem, file="runs", cure=f"Train at least {FEWEST} that differ.")
    values, target = _encoded(settings), result.to_numpy(dtype=np.float64)
    draw = np.random.default_rng(seed)
    shares = [_shares(values, target, draw) for _ in range(N_RESAMPLES)]
    low, median, high = np.nanquantile(np.array(shares), [LOW, 0.5, HIGH], axis=0)
    shares_of = zip(settings.columns, median.tolist(), low.tolist(), high.tolist(), strict=True)
    return sorted((Importance(*one) for one in shares_of), key=lambda one: -one.share)


def _shares(values: NDArray[np.float64], target: NDArray[np.float64], draw: np.random.Generator) -> NDArray[np.float64]:
    """The importances from one resample; NaN where none or one of the runs is left to judge by."""
    n_runs = len(target)
    drawn = draw.integers(n_runs, size=n_runs)
    unseen = np.setdiff1d(np.arange(n_runs), drawn)
    if len(unseen) < 2:
        return np.full(values.shape[1], np.nan)
    from sklearn.ensemble import RandomForestRegressor  # which not every reader of an `Importance` needs

    forest = RandomForestRegressor(N_TREES, random_state=int(draw.integers(2**31)))
    forest.fit(values[drawn], target[drawn])
    plain = np.square(forest.predict(values[unseen]) - target[unseen]).mean()
    return np.array([(_shuffled_mse(forest, values[unseen], target[unseen], column, draw) - plain) / target.var()
                     for column in range(values.shape[1])])  # fmt: skip


def _shuffled_mse(
    forest: "RandomForestRegressor",
    values: NDArray[np.float64],
    target: NDArray[np.float64],
    column: int,
    draw: np.random.Generator,
) -> float:
    """The mean squared error with a column shuffled, over `N_SHUFFLES` shuffles."""
    shuffled = np.tile(values, (N_SHUFFLES, 1))
    shuffled[:, column] = np.concatenate([draw.permutation(values[:, column]) for _ in range(N_SHUFFLES)])
    return float(np.square(forest.predict(shuffled) - np.tile(target, N_SHUFFLES)).mean())


def _encoded(settings: pd.DataFrame) -> NDArray[np.float64]:
    """Numbers as they are, names by their place in the alphabet, and less than all others in place of what is missing.
    A tree only asks what is less than what, so that neither scale nor logarithm matters."""
    columns = [
        column.fillna(column.min() - 1).to_numpy(dtype=np.float64)
        if pd.api.types.is_numeric_dtype(column)
        else pd.Categorical(column).codes.astype(np.float64)
        for _, column in settings.items()
    ]
    return np.column_stack(columns)
