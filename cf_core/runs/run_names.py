"""Names for runs that say in what they differ: "biases · 10 factors · 0.854" in place of an id."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from cf_core.config import TrainingConfig, setting_value
from cf_core.runs.spec import Run
from cf_core.settings import format_value
from cf_core.training.recipes import RECIPES

SEPARATOR = " · "
WORDS = {
    "notebook-dot": "dot product",
    "notebook-bias": "biases",
    "notebook-net": "neural net",
    "notebook-learner": "learner",
    "fast": "fast",
    "best": "best",
    "rank": "rank",
}
"""What each recipe is called."""

MOST = 3
"""More settings than this would make the name unreadable: the others are counted."""

KINDS = {"dot": "no biases", "bias": "biases", "net": "neural net", "implicit": "who rated what"}


def run_name(run: Run) -> str:
    """The name of a run by itself: the owner's own name if there is one, what the run is, in which settings it differs
    from its recipe, and its RMSE in stars or what became of it."""
    config = run.spec.config
    differing = changes(config)
    if len(differing) > MOST:
        differing = [*differing[:MOST], f"{len(differing) - MOST} more"]
    parts = [run.name, WORDS.get(config.recipe, config.recipe), *differing, how_it_went(run)]
    return SEPARATOR.join(part for part in parts if part)


def run_names(runs: Iterable[Run]) -> dict[str, str]:
    """The names of all `runs` by their ids, each different: of runs that are alike all but the oldest have a number."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for run in sorted(runs, key=lambda run: run.created):
        name = run_name(run)
        numbered = (f"{name} ({number})" for number in itertools.count(2))
        names[run.run_id] = next(name for name in itertools.chain([name], numbered) if name not in taken)
        taken.add(names[run.run_id])
    return names


def how_it_went(run: Run) -> str:
    """The RMSE of a run in stars, or what became of it."""
    if run.unfinished:
        return "in training"
    return run.outcome if run.rmse is None or run.outcome in ("diverged", "failed") else f"{run.rmse:.3f}"


def changes(config: TrainingConfig) -> list[str]:
    """The settings in which `config` differs from its recipe, each in a word or two: "10 factors", "rate 0.01"."""
    if config.recipe not in RECIPES:
        return []
    recipe = RECIPES[config.recipe].config
    found = [say(of(config)) for of, say in _SETTINGS if of(config) != of(recipe)]
    longer = len(config.phases) > len(recipe.phases)
    return [*found, "continued"] if longer else found


def _setting(name: str) -> Callable[[TrainingConfig], Any]:
    """Reads that setting: of the run, of its model, or of its first phase."""
    return lambda config: setting_value(config, name)


def _with(before: str = "", after: str = "") -> Callable[[Any], str]:
    """Says a value between two words, a broken number to three digits."""

    def short(value: Any) -> str:
        if isinstance(value, int):
            return f"{value:,}"
        return format_value(float(f"{value:.3g}") if isinstance(value, float) else value)

    return lambda value: f"{before} {short(value)} {after}".strip()


def _counted(noun: str) -> Callable[[int], str]:
    return lambda n: f"{n:,} {noun}{'s' * (n != 1)}"


_SETTINGS: tuple[tuple[Callable[[TrainingConfig], Any], Callable[[Any], str]], ...] = (
    (_setting("kind"), KINDS.__getitem__),
    (_setting("n_factors"), _counted("factor")),
    (_setting("n_epochs"), _counted("epoch")),
    (_setting("learning_rate"), _with("rate")),
    (_setting("weight_decay"), lambda decay: _with("decay")(decay) if decay else "no decay"),
    (_setting("batch_size"), _with("batch")),
    (_setting("optimizer"), {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}.__getitem__),
    (_setting("update"), _with(after="steps")),
    (_setting("momentum"), _with("momentum")),
    (_setting("schedule"), str),
    (lambda config: (config.phases[0].cycle_length, config.phases[0].cycle_multiplier), lambda _: "other cycles"),
    (_setting("n_hidden"), _counted("hidden unit")),
    (lambda config: (config.model.dropout, config.model.hidden_dropout), lambda _: "other dropout"),
    (_setting("implicit_weight"), _with("weight")),
    (_setting("rating_decay"), _with("rating decay")),
    (_setting("star_weight"), _with("stars weigh")),
    (_setting("ranking"), _with("lists by")),
    (lambda config: (config.model.init_low, config.model.init_high), lambda ends: f"start ±{ends[1]:g}"),
    (lambda config: (config.model.sigmoid, config.model.range_margin), lambda _: "other range"),
    (_setting("start_at_mean"), lambda at_mean: "from the mean" if at_mean else "not from the mean"),
    (_setting("seed"), _with("seed")),
)
"""What to compare, and how to say it."""
