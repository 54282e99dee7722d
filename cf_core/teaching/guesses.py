"""Predict first: what a student guesses of a run before it, and what its numbers answer. Nothing in here trains."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple, get_args

from cf_core.errors import ConfigError
from cf_core.insight.baselines import Baseline
from cf_core.teaching.diagnosis import overfit_epoch
from cf_core.training.history import History

Against = Literal["better", "same", "worse"]

SAME = 0.005
"""Two runs count as the same where their RMSEs differ by less than this share: runs that differ in nothing but their
seed differ by about half as much."""

NOTHING = "none of them"
"""The answer that no baseline is beaten."""


@dataclass(frozen=True)
class Guess:
    """What was guessed; None where a question was left out.

    `against` is how the RMSE will compare with `previous_rmse`, that of the run before when the guess was made (stars);
    `overfits` whether the validation loss will turn; `beats` the name of the hardest baseline that it will beat;
    `n_epochs` how many the run was to have: what is added to it later does not change its answers (None: all count).

    Raises:
        ConfigError: `against` is no answer, or has no run to be held against.
    """

    against: Against | None = None
    overfits: bool | None = None
    beats: str | None = None
    previous_rmse: float | None = None
    n_epochs: int | None = None

    def __post_init__(self) -> None:
        if self.against is not None and self.against not in get_args(Against):
            raise ConfigError(f"against={self.against!r} is no answer. Choose one of: {', '.join(get_args(Against))}.")
        if self.against is not None and self.previous_rmse is None:
            raise ConfigError("There is no earlier run to hold this one against. Leave that question out.")

    def __bool__(self) -> bool:
        """Whether anything was guessed."""
        return (self.against, self.overfits, self.beats) != (None, None, None)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` gives the equal guess back."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Guess":
        """The guess that `to_json` wrote."""
        return cls(**record)


class Answer(NamedTuple):
    """A question that was answered: what was guessed, what came of it, and the numbers that say so."""

    question: str
    guess: str
    truth: str
    why: str

    @property
    def right(self) -> bool:
        """Whether the guess came true."""
        return self.guess == self.truth


def judge(guess: Guess, history: History, baselines: Sequence[Baseline]) -> list[Answer]:
    """What the run's last epoch says to each question that was answered; nothing where no epoch was finished.

    A run that was stopped, cut off or failed is judged by the epochs that it has. One that diverged is worse than any,
    beats nothing, and is judged for overfitting by the epochs that it had.
    """
    if guess.n_epochs is not None and len(history.epochs) >= guess.n_epochs:
        history = history.until(guess.n_epochs, 0)
    diverged = history.ended is not None and history.ended.outcome == "diverged"
    if not history.epochs and not diverged:
        return []
    rmse = float("inf") if diverged else history.epochs[-1].rmse
    reached = "It diverged" if diverged else f"Its RMSE is {rmse:.4f}"
    answers = []
    if guess.against is not None and guess.previous_rmse is not None:
        why = f"{reached}; the run before had {guess.previous_rmse:.4f}."
        answers.append(Answer("Against the last run", guess.against, _compare(rmse, guess.previous_rmse), why))
    if guess.overfits is not None:
        answers.append(_overfitting(guess.overfits, history))
    if guess.beats is not None:
        beaten = [baseline for baseline in baselines if rmse < baseline.rmse]
        hardest = min(beaten, key=lambda baseline: baseline.rmse) if beaten else None
        why = reached + (f"; {hardest.name}: {hardest.rmse:.4f}." if hardest else ".")
        answers.append(Answer("The hardest it beats", guess.beats, hardest.name if hardest else NOTHING, why))
    return answers


def _compare(rmse: float, previous: float) -> Against:
    if abs(rmse - previous) < SAME * previous:
        return "same"
    return "better" if rmse < previous else "worse"


def _overfitting(guessed: bool, history: History) -> Answer:
    words = {True: "overfits", False: "does not overfit"}
    epoch = overfit_epoch(history)
    if epoch is None:
        why = "The validation loss never turned for good."
    else:
        best, last = history.epochs[epoch - 1].valid_loss, history.epochs[-1].valid_loss
        why = f"The validation loss was lowest after epoch {epoch}, at {best:.4f}, and ended at {last:.4f}."
    return Answer("Overfitting", words[guessed], words[epoch is not None], why)
