"""The uncertainty of a mean."""

import numpy as np
from numpy.typing import NDArray


def standard_error(values: NDArray[np.floating]) -> float:
    """Of the mean of independent values: std / √n, with n - 1 in the variance; NaN for a single value."""
    return float(values.std(ddof=1, dtype=np.float64) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
