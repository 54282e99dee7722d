"""Whether the axes of a map mean something: taste and time, or only how often a movie is rated, or nothing known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.insight.axes import AxisSummary, correlation
from cf_core.insight.projection import Projection

MOSTLY_POPULARITY = 0.8
"""From this correlation on, either way, a component says little else than how often a movie is rated."""

LEAST_R2, LEAST_CORRELATION = 0.05, 0.3
"""An axis that reaches neither says little about genres and decades. After the lesson's run of `notebook-learner` the
first component reaches both; after those of `notebook-dot` and `notebook-bias`, neither component does."""


def popularity_correlations(projection: Projection) -> NDArray[np.float64]:
    """Of each component, Pearson's r with log₁₀ of the number of ratings; 0 where one of the two does not vary."""
    logs = np.log10(np.maximum(projection.movies["n_ratings"].to_numpy(np.float64), 1))
    found = [correlation(component, logs) for component in projection.components.astype(np.float64)]
    return np.array([r or 0.0 for r in found])


def says_little(axes: Sequence[AxisSummary]) -> bool:
    """Whether none of the axes goes together with genres or decades; no where neither is known of the movies."""
    return any(len(_known(axis)) for axis in axes) and not any(_reaches(axis) for axis in axes)


def _known(axis: AxisSummary) -> pd.DataFrame:
    """What the axis has to do with genres and decades."""
    return axis.correlations[axis.correlations["kind"].isin(["genre", "decade"])]


def _reaches(axis: AxisSummary) -> bool:
    known = _known(axis)
    strongest = float(known["correlation"].abs().max()) if len(known) else 0.0
    return strongest >= LEAST_CORRELATION or (axis.r2_genres or 0) >= LEAST_R2
