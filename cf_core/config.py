"""Configuration of a run: model, phases, optimiser. Frozen, checked when it is made, to and from JSON.

No torch in here, so that pages and the command line can build a configuration at once.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, get_args

from cf_core.errors import ConfigError
from cf_core.settings import (
    SETTINGS,
    ModelKind,
    OptimizerKind,
    RankingKind,
    ScheduleKind,
    UpdateKind,
    check_choice,
    check_setting,
    read_setting,
)


@dataclass(frozen=True)
class ModelConfig:
    """Which module, how large, and where its weights start.

    `kind` "dot" is the plain dot product, "bias" adds biases, "net" is the small neural net, "implicit" is "bias" that
    learns from who rated what at all, too. `sigmoid` puts the output through a sigmoid onto the rating range widened by
    `range_margin` on both sides (narrowed where that is negative); `start_at_mean` adds a constant so that an untrained
    model predicts the training mean. Weights start uniform on [init_low, init_high).
    `n_hidden`, `dropout` and `hidden_dropout` are the net's alone, `implicit_weight`, `rating_decay` and
    `star_weight` (0: off) those of "implicit". `ranking` is what the lists of a run are ordered by: the predicted
    "stars", or with "implicit" the "interests", which tell who rates what.
    """

    kind: ModelKind = "bias"
    n_factors: int = 50
    init_low: float = -0.05
    init_high: float = 0.05
    sigmoid: bool = True
    range_margin: float = 0.0
    start_at_mean: bool = False
    n_hidden: int = 10
    dropout: float = 0.05
    hidden_dropout: float = 0.5
    implicit_weight: float = 0.0
    rating_decay: float = 0.0
    star_weight: float = 0.0
    ranking: RankingKind = "stars"

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, get_args(ModelKind))
        check_choice("ranking", self.ranking, get_args(RankingKind))
        for name, value in vars(self).items():
            if name in SETTINGS:
                check_setting(name, value)
        if self.init_low > self.init_high:
            raise ConfigError(f"init_low={self.init_low} is above init_high={self.init_high}. Swap the two.")
        if self.start_at_mean and not (self.kind in ("bias", "implicit") and self.sigmoid):
            raise ConfigError("start_at_mean belongs to models with biases and a sigmoid. Turn it off here.")
        if self.ranking == "interests" and self.kind != "implicit":
            raise ConfigError("ranking='interests' needs a model that has them, kind 'implicit'. Take 'stars' here.")


@dataclass(frozen=True)
class Phase:
    """A stretch of epochs under one learning rate and one schedule.

    `cycle_length` (epochs) and `cycle_multiplier` are the cosine schedule's alone; a last cycle that the phase has no
    room for is cut short. `cut_after` ends the phase after that many epochs with its schedule as it was planned for
    `n_epochs`: so goes a phase that was stopped and then followed by another.
    """

    n_epochs: int
    learning_rate: float
    schedule: ScheduleKind = "constant"
    cycle_length: int = 1
    cycle_multiplier: int = 1
    cut_after: int | None = None

    def __post_init__(self) -> None:
        check_choice("schedule", self.schedule, get_args(ScheduleKind))
        for name in ("n_epochs", "learning_rate", "cycle_length", "cycle_multiplier"):
            check_setting(name, getattr(self, name))
        if self.cut_after is not None and not 1 <= self.cut_after <= self.n_epochs:
            raise ConfigError(f"cut_after={self.cut_after} is out of range. Choose from 1 to {self.n_epochs} epochs.")

    @property
    def n_trained(self) -> int:
        """The epochs that are trained: all, or those before the cut."""
        return self.n_epochs if self.cut_after is None else self.cut_after


@dataclass(frozen=True)
class TrainingConfig:
    """A whole run: model, optimiser, phases, batch size and seed. `recipe` names where the settings came from.

    `momentum` is SGD's momentum and Adam's first beta; `weight_decay` is added to the gradient (L2) by SGD and Adam and
    shrinks the weights directly with AdamW. `update` "sparse" moves only the rows of a batch's users and items: exact
    for SGD without momentum and decay, else an approximation (see `cf_core.training.optimizers`).
    """

    recipe: str
    model: ModelConfig
    optimizer: OptimizerKind
    phases: tuple[Phase, ...]
    weight_decay: float = 0.0
    momentum: float = 0.9
    batch_size: int = 64
    seed: int = 0
    update: UpdateKind = "dense"

    def __post_init__(self) -> None:
        check_choice("optimizer", self.optimizer, get_args(OptimizerKind))
        for name in ("weight_decay", "momentum", "batch_size", "seed"):
            check_setting(name, getattr(self, name))
        check_choice("update", self.update, get_args(UpdateKind))
        if self.update == "sparse" and self.model.kind == "implicit":
            raise ConfigError("update='sparse' does not fit a model whose every step moves all items. Take 'dense'.")
        if not self.phases:
            raise ConfigError("A run needs at least one phase. Give it one.")
        check_setting("n_epochs", self.n_epochs)

    @property
    def n_epochs(self) -> int:
        """Epochs of all phases together."""
        return sum(phase.n_trained for phase in self.phases)

    def continued(self, n_epochs_begun: int, phase: Phase) -> "TrainingConfig":
        """This run, cut after `n_epochs_begun` epochs, with one more phase: same weights, same optimiser state.

        Raises:
            ConfigError: no epoch has begun, or the run would be longer than a run may be.
        """
        if not 1 <= n_epochs_begun <= self.n_epochs:
            raise ConfigError(f"A run of {self.n_epochs} epochs cannot go on from epoch {n_epochs_begun}.")
        return replace(self, phases=(*self.cut(n_epochs_begun).phases, phase))

    def cut(self, n_epochs: int) -> "TrainingConfig":
        """This run, ended after `n_epochs` of its epochs, each under the rates that were planned for it."""
        return replace(self, phases=_fit_epochs(self.phases, n_epochs, cut=True))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` gives the equal configuration back."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "TrainingConfig":
        """The configuration that `to_json` wrote.

        Raises:
            ConfigError: a field is missing, unknown or out of range.
        """
        try:
            model = ModelConfig(**record["model"])
            phases = tuple(Phase(**phase) for phase in record["phases"])
            return cls(**{**record, "model": model, "phases": phases})
        except (KeyError, TypeError) as error:
            raise ConfigError(f"Not the record of a training configuration: {error}. Train the run anew.") from error


def with_settings(config: TrainingConfig, settings: Mapping[str, Any]) -> TrainingConfig:
    """`config` with the named settings (keys of `SETTINGS`) changed.

    `learning_rate` is that of the first phase; later phases keep their proportion to it. `n_epochs` counts all phases:
    the last phase takes up the difference, and phases that no longer fit go. The schedule's settings go to every phase.

    Raises:
        ConfigError: a name that is no setting, or a value out of its range.
    """
    for name in settings:
        if name not in SETTINGS:
            raise ConfigError(f"There is no setting '{name}'. Settings are: {', '.join(SETTINGS)}.")
    given = {name: read_setting(name, value) for name, value in settings.items()}
    model = {name: given.pop(name) for name in list(given) if name in ModelConfig.__dataclass_fields__}
    phases = config.phases
    if "learning_rate" in given:
        factor = given.pop("learning_rate") / phases[0].learning_rate
        phases = tuple(replace(phase, learning_rate=phase.learning_rate * factor) for phase in phases)
    scheduling = {name: given.pop(name) for name in ("schedule", "cycle_length", "cycle_multiplier") if name in given}
    phases = tuple(replace(phase, **scheduling) for phase in phases)
    if "n_epochs" in given:
        phases = _fit_epochs(phases, given.pop("n_epochs"))
    return replace(config, model=replace(config.model, **model), phases=phases, **given)


def setting_value(config: TrainingConfig, name: str) -> Any:
    """The value of a setting (a key of `SETTINGS`) in `config`, such that `with_settings` with it changes nothing."""
    return next(getattr(part, name) for part in (config, config.model, config.phases[0]) if hasattr(part, name))


def _fit_epochs(phases: tuple[Phase, ...], n_epochs: int, cut: bool = False) -> tuple[Phase, ...]:
    """Phases shortened, or the last one lengthened, to `n_epochs` in all. With `cut` a shortened phase keeps the
    schedule that it had."""
    kept: list[Phase] = []
    for phase in phases:
        left = n_epochs - sum(p.n_trained for p in kept)
        if left >= phase.n_trained:
            kept.append(phase)
        elif left > 0:
            kept.append(replace(phase, cut_after=left) if cut else replace(phase, n_epochs=left))
    missing = n_epochs - sum(p.n_trained for p in kept)
    return (*kept[:-1], replace(kept[-1], n_epochs=kept[-1].n_epochs + missing)) if missing else tuple(kept)
