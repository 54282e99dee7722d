"""What the page of best and worst movies computes from a run, cached. Everything returned is shared by all visitors, so
nobody changes it."""

import pandas as pd
import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.errors import MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight import fitted_ratings, movie_choice, ranks, raters, uncertainty
from cf_core.insight.fitted_ratings import FittedRatings
from cf_core.insight.movie_choice import MovieChoice
from cf_core.insight.uncertainty import BiasUncertainty
from cf_core.runs.run_views import RunView
from pages.shared import cached


def fitted(chosen: RunView, about: Ratings) -> FittedRatings:
    """What the model says of each rating."""
    run = chosen.run
    split = cached.split(about.fingerprint, run.spec.split, about)
    return _fitted(run.version, cached.factors(chosen, about), run.spec.config, split)


@st.cache_resource(max_entries=32, show_spinner="Asking the model about every rating…")
def _fitted(
    run: tuple[str, int, float | None], _factors: FittedFactors, _config: TrainingConfig, _split: Split
) -> FittedRatings:
    return fitted_ratings.fitted_ratings(_factors, _config.model, _split)


def bias_uncertainty(chosen: RunView, about: Ratings) -> tuple[BiasUncertainty | None, str]:
    """The uncertainty of the biases or, where there is no formula for it, None and the reason."""
    run = chosen.run
    split = cached.split(about.fingerprint, run.spec.split, about)
    try:
        return uncertainty.bias_uncertainty(fitted(chosen, about), run.spec.config, split), ""
    except MissingPartError as error:
        return None, str(error)


def ranked(chosen: RunView, about: Ratings, choice: MovieChoice) -> pd.DataFrame:
    """The chosen movies by both ranks, the most rated first."""
    return _ranked(chosen.run.version, choice, cached.factors(chosen, about), about, fitted(chosen, about))


@st.cache_resource(max_entries=64, show_spinner=False)
def _ranked(
    run: tuple[str, int, float | None],
    choice: MovieChoice,
    _factors: FittedFactors,
    _about: Ratings,
    _fitted: FittedRatings,
) -> pd.DataFrame:
    return ranks.ranks(_factors, _about, _fitted, movie_choice.chosen_items(_factors, _about, choice))


def rater_table(chosen: RunView, about: Ratings) -> pd.DataFrame:
    """All users, the kindest first."""
    return _rater_table(chosen.run.version, cached.factors(chosen, about), about)


@st.cache_resource(max_entries=64, show_spinner=False)
def _rater_table(run: tuple[str, int, float | None], _factors: FittedFactors, _about: Ratings) -> pd.DataFrame:
    return raters.raters(_factors, _about)
