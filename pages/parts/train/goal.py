"""Before the first run: the axes in which it will grow, and what there is to beat."""

import math

import pandas as pd
import streamlit as st

from cf_core.charts.run.curves import Metric
from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.training.recipes import Recipe
from pages.shared import cached, session
from pages.shared.messages import escape_markdown
from pages.shared.run.curves import show_goal
from pages.shared.run.lesson import lesson_losses
from pages.shared.run.view import PLACE, WIDTHS
from pages.shared.table import data_table


def show_goals(recipe: Recipe, config: TrainingConfig, split: SplitConfig, n_batches: int, metric: Metric) -> None:
    """The invitation, the empty axes, and beside them the recipe and the figures to beat.

    Args:
        split: that the run will be trained on.
        n_batches: per epoch.
        metric: of the axis.
    """
    with st.container(horizontal=True, vertical_alignment="center", key=PLACE):
        st.info("Press the button and the curves grow here.", icon=":material/show_chart:")
    curves_side, goals_side = st.columns(WIDTHS, gap="medium")
    with curves_side:
        show_goal(config, split, n_batches, metric)
    with goals_side:
        st.markdown("**What there is to beat**")
        three_digits = st.column_config.NumberColumn(format="%.3f")
        columns = {"MSE": three_digits, "RMSE": three_digits}
        data_table(_goals(recipe, split), key="goals", column_config=columns)
        lesson = session.words().told(f"{recipe.title}. In the lesson: {recipe.lesson_section}. {recipe.note}")
        st.caption(escape_markdown(lesson.strip()))


def _goals(recipe: Recipe, split: SplitConfig) -> pd.DataFrame:
    """Validation losses, the worst first."""
    baselines, lesson = cached.baselines(session.ratings(), split), lesson_losses(recipe.name, split)
    goals = {session.words().told(baseline.name): baseline.valid_loss for baseline in baselines}
    if lesson:
        goals["the lesson"] = lesson[-1]
    ordered = sorted(goals.items(), key=lambda goal: -goal[1])
    return pd.DataFrame(
        {
            "": [name for name, _ in ordered],
            "MSE": [loss for _, loss in ordered],
            "RMSE": [math.sqrt(loss) for _, loss in ordered],
        }
    )
