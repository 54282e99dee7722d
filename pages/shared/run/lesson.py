"""The lesson's figures, where they compare: on its data and its split."""

from cf_core.data.split import SplitConfig
from cf_core.insight.baselines import is_lessons
from cf_core.runs.spec import Run
from cf_core.training.recipes import RECIPES
from pages.shared import session


def lesson_losses(recipe: str, split: SplitConfig) -> tuple[float, ...]:
    """The lesson's validation losses (MSE, stars²) for a recipe on that split of the selected data; none where it shows
    none for these."""
    known = is_lessons(session.ratings().fingerprint, split)
    return RECIPES[recipe].lesson_valid_losses if known else ()


def run_lesson_losses(run: Run) -> tuple[float, ...]:
    """The same for a run, on the data that it was trained on."""
    fingerprint = run.fingerprint
    if not fingerprint and run.spec.data == session.data_folder():  # it has not read them yet
        fingerprint = session.ratings().require_fingerprint()
    known = is_lessons(fingerprint, run.spec.split)
    return RECIPES[run.spec.config.recipe].lesson_valid_losses if known else ()
