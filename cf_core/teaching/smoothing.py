"""The debiased exponential average, which smooths a noisy loss without a lag at the start."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cf_core.errors import ConfigError


def debiased_average(values: Sequence[float] | np.ndarray, strength: float) -> np.ndarray:
    """The average of the values so far, with weights that shrink by the factor `strength` for every step back:

        v_k = s · v_{k-1} + (1 - s) · x_k,    v_0 = 0;    the average is v_k / (1 - s^k)

    Without the division, the first averages would be biased towards the initial zero.

    Args:
        values: (n,), in order.
        strength: s, from 0 (no smoothing) to below 1; about 1 / (1 - s) values count.

    Returns:
        (n,) float64, in the unit of the values.

    Raises:
        ConfigError: `strength` is outside [0, 1).

    Source: Kingma & Ba, "Adam" (2015), section 3; fast.ai's smoothed loss.
    """
    if not 0 <= strength < 1:
        raise ConfigError(f"strength={strength} is out of range. Choose from 0 to below 1.")
    series = pd.Series(np.asarray(values, dtype=np.float64))
    return series.ewm(alpha=1 - strength, adjust=True).mean().to_numpy()
