"""What the page Errors computes from a run, cached for all visitors. Never change what is returned."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.errors.residuals import residual_histogram
from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.insight import calibration as calibrations
from cf_core.insight import error_slices, neighbour_record, residual_table
from cf_core.insight.baselines import damped_predictions
from cf_core.insight.detective import Case, investigate
from cf_core.insight.error_slices import Measure, SliceBy
from cf_core.insight.neighbourhood import By, Directions, TrainingCells, directions_by_factors, directions_by_ratings
from cf_core.insight.prediction import PredictionBreakdown, decompose_prediction, weights_of
from cf_core.insight.residual_table import Off
from cf_core.rating_scale import RatingScale
from cf_core.runs.run_views import RunView
from cf_core.teaching.error_verdict import residual_verdict
from pages.shared import cached
from pages.shared.cached import cache_for_all
from pages.shared.predictions import layers, predicted, residual


@cache_for_all(max_entries=128)
def slice_errors(run_view: RunView, ratings: Ratings, by: SliceBy, measure: Measure) -> pd.DataFrame:
    """The errors of each slice, beside those of user and movie means."""
    split = cached.split(ratings, run_view.run.spec.split)
    means = ratings.rating[split.valid_rows] - _means(ratings, split.config)
    parts = error_slices.slices(split, by)  # not kept: of large data they are as large as the predictions
    return error_slices.slice_errors(parts, residual(run_view, ratings), means, measure)


@cache_for_all(max_entries=128)
def overall_error(run_view: RunView, ratings: Ratings, measure: Measure) -> float:
    """The error over all validation ratings, in stars."""
    error = residual(run_view, ratings)
    return float(np.sqrt(np.square(error).mean()) if measure == "rmse" else np.abs(error).mean())


@cache_for_all(max_entries=32)
def calibration(run_view: RunView, ratings: Ratings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The bins of predictions, and the table of predicted by actual ratings."""
    rows = cached.split(ratings, run_view.run.spec.split).valid_rows
    said, given = predicted(run_view, ratings), ratings.rating[rows]
    levels = calibrations.rating_levels(ratings.rating)
    return calibrations.calibration(said, given), calibrations.predicted_table(said, given, levels)


@cache_for_all(max_entries=128, show_spinner="Looking for the largest errors…")
def worst(
    run_view: RunView, ratings: Ratings, off: Off, n: int, user_idx: int | None, item_idx: int | None
) -> pd.DataFrame:
    """The validation ratings with the largest errors, of all or of a user and a movie (indices)."""
    split = cached.split(ratings, run_view.run.spec.split)
    return residual_table.worst(split, predicted(run_view, ratings), off, n, user_idx, item_idx)


@cache_for_all(max_entries=64)
def how_far_off(run_view: RunView, ratings: Ratings) -> tuple[str, go.Figure]:
    """In words and in a histogram."""
    errors, near = residual(run_view, ratings), residual_table.close_to(ratings.rating_range)
    return residual_verdict(errors, near, ratings.words), residual_histogram(errors, near / 2, ratings.words)


def case(run_view: RunView, ratings: Ratings, row: int, k: int) -> Case:
    """All about the validation rating in that row of the data."""
    found = cells(ratings, run_view.run.spec.split)
    said = predicted(run_view, ratings)[found.split.valid_rows == row].item()
    return investigate(found, _directions(run_view, ratings), said, row, k)


def breakdown(run_view: RunView, ratings: Ratings, user: int, item: int) -> PredictionBreakdown:
    """What the prediction for that user and movie (indices) is made of."""
    spec = run_view.run.spec
    model, train_mean = spec.config.model, cached.split(ratings, spec.split).train_mean
    weights = weights_of(cached.factors(run_view, ratings)) if model.kind != "net" else layers(run_view, ratings)
    scale = RatingScale.of(model, ratings.rating_range, train_mean)
    return decompose_prediction(weights, model.kind, scale, user, item, ratings.words)


@cache_for_all(max_entries=64, show_spinner="Asking the neighbours of 500 ratings…")
def record(run_view: RunView, ratings: Ratings, k: int) -> pd.DataFrame:
    """How good the neighbours' predictions are on the whole."""
    found = cells(ratings, run_view.run.spec.split)
    return neighbour_record.neighbour_record(found, _directions(run_view, ratings), predicted(run_view, ratings), k)


@cache_for_all(max_entries=16)
def cells(ratings: Ratings, config: SplitConfig) -> TrainingCells:
    """The training ratings by user and by movie."""
    return TrainingCells(cached.split(ratings, config))


def _directions(run_view: RunView, ratings: Ratings) -> dict[By, Directions]:
    return {"factors": _by_factors(run_view, ratings), "ratings": _by_ratings(ratings, run_view.run.spec.split)}


@cache_for_all(max_entries=16)
def _by_factors(run_view: RunView, ratings: Ratings) -> Directions:
    return directions_by_factors(cached.factors(run_view, ratings))


@cache_for_all(max_entries=16)
def _by_ratings(ratings: Ratings, config: SplitConfig) -> Directions:
    return directions_by_ratings(cells(ratings, config))


@cache_for_all(max_entries=16)
def _means(ratings: Ratings, config: SplitConfig) -> NDArray[np.float64]:
    return damped_predictions(cached.split(ratings, config))
