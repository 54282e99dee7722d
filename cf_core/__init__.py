"""CF Lab's engine. What a notebook needs of it can be imported from here; a name is loaded when it is first used, so
that `import cf_core` itself is quick and brings no PyTorch.

    import cf_core as cf
    ratings = cf.read_ratings(cf.EMBEDDED)
    training = cf.TrainingState.start(cf.recipe("fast").config, cf.split_ratings(ratings))
    for event in cf.fit(training): ...
    cf.leaderboard(training.fitted_factors(), ratings, "best")
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "cf_core.data.reading": ("EMBEDDED", "read_ratings"),
    "cf_core.data.split": ("SplitConfig", "split_ratings"),
    "cf_core.data.crosstab": ("crosstab",),
    "cf_core.config": ("ModelConfig", "Phase", "TrainingConfig", "with_settings"),
    "cf_core.training.recipes": ("RECIPES", "recipe"),
    "cf_core.training.state": ("TrainingState",),
    "cf_core.training.fit": ("fit",),
    "cf_core.training.events": ("BatchEnded", "EpochEnded", "FitEnded"),
    "cf_core.training.history": ("History",),
    "cf_core.training.evaluate": ("evaluate",),
    "cf_core.fitted_factors": ("FittedFactors",),
    "cf_core.insight.leaderboard": ("leaderboard",),
    "cf_core.insight.projection": ("project",),
    "cf_core.insight.similar": ("nearest",),
    "cf_core.insight.item_side": ("ItemSide",),
    "cf_core.insight.fold_in": ("fold_in",),
    "cf_core.insight.recommendations": ("recommend",),
    "cf_core.errors": ("CFError",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'cf_core' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
