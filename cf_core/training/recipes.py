"""Named configurations: the lesson's four models as it trained them
(lesson: "Creating the module", "Bias", "Mini neural net", "Collaborative filtering"), a fast one, the best one, and one
that ranks.

The lesson is the annotated fast.ai notebook on collaborative filtering; its losses are the validation losses that it
prints. A second phase is its `set_lrs` and second `fit`: another rate, with the same weights and the same momentum.
"""

from dataclasses import dataclass

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.errors import ConfigError


@dataclass(frozen=True)
class Recipe:
    """A configuration with its story.

    `lesson_valid_losses` are the lesson's own figures on its own split (MSE, squared stars), one per epoch; empty where
    the lesson has none. `note` is what else there is to know, a sentence or two.
    """

    title: str
    lesson_section: str
    config: TrainingConfig
    lesson_valid_losses: tuple[float, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """The name that the command line takes."""
        return self.config.recipe


_CHOSEN = (
    "Its settings were chosen within the training ratings, a random fifth of them kept to judge by; the "
    "validation ratings had no say."
)

_RECIPES = (
    Recipe(
        title="Dot product of factors",
        lesson_section="Creating the module",
        config=TrainingConfig(
            recipe="notebook-dot",
            model=ModelConfig("dot", init_low=0.0, init_high=0.05, sigmoid=False),
            optimizer="sgd",
            weight_decay=1e-5,
            phases=(Phase(3, 0.1), Phase(3, 0.01)),
        ),
        lesson_valid_losses=(1.637, 1.309, 1.219, 1.143, 1.134, 1.129),
    ),
    Recipe(
        title="Dot product with biases",
        lesson_section="Bias",
        config=TrainingConfig(
            recipe="notebook-bias",
            model=ModelConfig("bias", init_low=-0.01, init_high=0.01),
            optimizer="sgd",
            weight_decay=2e-4,
            phases=(Phase(3, 0.1), Phase(3, 0.01)),
        ),
        lesson_valid_losses=(0.836, 0.817, 0.811, 0.802, 0.801, 0.800),
    ),
    Recipe(
        title="Small neural net",
        lesson_section="Mini neural net",
        config=TrainingConfig(
            recipe="notebook-net",
            model=ModelConfig("net", init_low=-0.01, init_high=0.01, range_margin=0.5),
            optimizer="adam",
            weight_decay=1e-5,
            phases=(Phase(3, 1e-3), Phase(3, 1e-3)),
        ),
        lesson_valid_losses=(0.817, 0.797, 0.791, 0.789, 0.789, 0.794),
    ),
    Recipe(
        title="The library's learner: biases, Adam, cosine restarts",
        lesson_section="Collaborative filtering",
        config=TrainingConfig(
            recipe="notebook-learner",
            model=ModelConfig("bias"),
            optimizer="adam",
            weight_decay=2e-4,
            phases=(Phase(3, 1e-2, "cosine", cycle_length=1, cycle_multiplier=2),),
        ),
        lesson_valid_losses=(0.811, 0.781, 0.765),
    ),
    Recipe(
        title="As good as the lesson at once: five factors, sixty steps",
        lesson_section="not there; what came after it",
        config=TrainingConfig(
            recipe="fast",
            model=ModelConfig("bias", n_factors=5, init_low=-0.05, init_high=0.05, start_at_mean=True),
            optimizer="adam",
            weight_decay=1.5e-4,
            momentum=0.7,
            batch_size=4096,
            phases=(Phase(3, 7e-2, "one-cycle"),),
        ),
        note=_CHOSEN,
    ),
    Recipe(
        title="The best here: learns from who rated a movie at all, too",
        lesson_section="not there; what came after it",
        config=TrainingConfig(
            recipe="best",
            model=ModelConfig(
                "implicit", init_low=-0.02, init_high=0.02, start_at_mean=True, implicit_weight=6.0, rating_decay=0.04
            ),
            optimizer="adam",
            weight_decay=1.5e-4,
            momentum=0.8,
            batch_size=1024,
            phases=(Phase(6, 3.5e-2, "one-cycle"),),
        ),
        note=_CHOSEN,
    ),
    Recipe(
        title="Made to rank: its lists go by who rates what, not by stars",
        lesson_section="not there; what came after it",
        config=TrainingConfig(
            recipe="rank",
            model=ModelConfig(
                "implicit",
                n_factors=64,
                init_low=-0.02,
                init_high=0.02,
                start_at_mean=True,
                implicit_weight=20.0,
                rating_decay=0.08,
                star_weight=0.35,
                ranking="interests",
            ),
            optimizer="adam",
            weight_decay=4e-4,
            momentum=0.8,
            batch_size=2048,
            phases=(Phase(12, 3.5e-2, "one-cycle"),),
        ),
        note="Its settings were chosen within the training ratings for how well its lists begin (NDCG@10 on a random "
        "fifth of them); the validation ratings had no say.",
    ),
)

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _RECIPES}
"""All recipes by name, in the lesson's order."""


def recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        ConfigError: there is none.
    """
    if name not in RECIPES:
        raise ConfigError(f"There is no recipe '{name}'. Recipes are: {', '.join(RECIPES)}.")
    return RECIPES[name]
