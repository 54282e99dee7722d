"""The best trial so far, and at the end the winner: by which figure it was chosen, and what it is worth."""

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.runs.own_sweeps import SweepProgress
from cf_core.runs.spec import Run
from cf_core.sweeps.edges import at_an_end
from cf_core.training.recipes import RECIPES
from pages.parts.sweep.found import settings_in_words
from pages.shared import session
from pages.shared.messages import for_visitors
from pages.shared.run.recipe_box import take_over
from pages.shared.run.settings_form import LABELS, address_of_settings
from pages.shared.steps import BY_NAME

TRAIN = BY_NAME["train"].path

WHY = (
    "No trial has seen the validation ratings. The training ratings were split once more: each trial trained on most "
    "of them and was judged by the rest, the inner validation rows. The winner was then trained anew on all training "
    "ratings. So the two figures are of other ratings, and of a model that has seen more: they need not agree.\n\n"
    "The lowest of many figures is partly luck, and the more trials, the more so: by the figure that chose it, the "
    "winner looks better than it is. Chosen by the validation ratings, it would have no honest figure left."
)


def show_result(progress: SweepProgress) -> None:
    """In few lines; after the end with the ways to the winner's run."""
    if progress.state == "without winner":
        st.error(for_visitors(progress.message or "This sweep has no winner."), icon=":material/error:")
    elif progress.state != "ended":
        _show_best(progress)
    elif progress.winner is not None:
        _show_winner(progress, progress.winner)
    else:
        _show_best(progress)
        st.info(
            "The winner's run was deleted. Under *Your runs* it can be restored for a while.", icon=":material/delete:"
        )


def _show_best(progress: SweepProgress) -> None:
    best = progress.best
    if best is None or best.inner_rmse is None:
        st.markdown("**Best so far**: no trial has finished yet.")
        return
    st.markdown(f"**Best so far: {best.inner_rmse:.4f}** inner RMSE, trial {best.number + 1}", help=WHY)
    st.caption(f"{settings_in_words(best.settings).capitalize()}.")


def _show_winner(progress: SweepProgress, winner: Run) -> None:
    best, recipe = progress.best, recipe_run(progress)
    assert best is not None and best.inner_rmse is not None
    with st.container(horizontal=True, gap="small", key="sweep_winner"):
        st.metric("Inner, chosen by", f"{best.inner_rmse:.4f}")
        st.metric("Validation RMSE", _told(winner.rmse))
        no_run = "Train the recipe as it is on this split, and its validation RMSE stands here."
        told = no_run if recipe is None else "Validation RMSE of the newest run of it on this split."
        st.metric("The recipe's", _told(None if recipe is None else recipe.rmse), help=told)
    st.markdown(
        f"**Trial {best.number + 1}** ({settings_in_words(best.settings)}) won on inner ratings and only then met the "
        "validation ratings. The best of many looks better than it is.",
        help=WHY,
    )
    ends = [LABELS[name].lower() for name in at_an_end(progress.sweep.spec.space, best.settings)]
    if ends:
        st.caption(f"At the end of its range: {', '.join(ends)}. Something better may lie beyond; widen it.")
    with st.container(horizontal=True, gap="small"):
        if st.button("Open it in Train", key="sweep_open", icon=":material/show_chart:"):
            session.select_run(winner.run_id)
            _go_to_train(winner.spec.config, {session.Key.RUN.value: winner.run_id})
        if st.button("Take its settings to Train", key="sweep_take", icon=":material/input:"):
            take_over(winner.spec.config)
            _go_to_train(winner.spec.config, address_of_settings(winner.spec.config))


def _go_to_train(config: TrainingConfig, parameters: dict[str, str]) -> None:
    """`parameters` are those of the address, beside that of the recipe, for a reload."""
    st.switch_page(TRAIN, query_params={session.Key.RECIPE.value: config.recipe, **parameters})


def _told(rmse: float | None) -> str:
    return "–" if rmse is None else f"{rmse:.4f}"


def recipe_run(progress: SweepProgress) -> Run | None:
    """The newest run of the recipe as it is, on the split of the sweep; None where there is none."""
    base = progress.sweep.base
    config = RECIPES[base.config.recipe].config
    runs = [run for run in session.runs_here() if run.outcome == "finished" and run.rmse is not None]
    return next((run for run in runs if (run.spec.split, run.spec.config) == (base.split, config)), None)
