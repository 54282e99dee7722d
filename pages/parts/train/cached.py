"""What the Train page computes from a run, cached. Everything returned is shared by all visitors, so
nobody changes it."""

import numpy as np
import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.insight.prediction import Prediction, take_apart
from cf_core.runs.run_views import RunView
from pages.shared.cached import _check_same, split


def prediction(chosen: RunView, about: Ratings, user: int, item: int) -> Prediction:
    """One prediction of a run taken apart, for a user and a movie by index.

    Raises:
        DataMismatchError: the run was trained on other ratings than `about`.
        StoreError: it has no weights, or they are damaged.
    """
    run = chosen.run
    _check_same(run, about)
    weights, of_run = _weights(run.run_id, run.n_epochs_done, run.seconds, chosen), run.spec
    rows = split(about.fingerprint, of_run.split, about).train_rows
    mean = float(about.rating[rows].mean(dtype=np.float64))
    return take_apart(weights, of_run.config.model, about.rating_range, mean, user, item)


@st.cache_resource(max_entries=16, show_spinner=False)
def _weights(run_id: str, n_epochs: int, seconds: float | None, _chosen: RunView) -> dict[str, np.ndarray]:
    """Keyed by what changes when a run goes on."""
    return _chosen.weights()
