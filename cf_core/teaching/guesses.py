"""Predict first: a student's guesses about a run before it starts, and how they turned out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple, get_args

from cf_core.errors import ConfigError
from cf_core.insight.baselines import Baseline
from cf_core.teaching.diagnosis import overfit_epoch
from cf_core.training.history import History

Comparison = Literal["better", "same", "worse"]

SAME = 0.005
"""Two runs count as the same where their RMSEs differ by less than this share: runs that differ in nothing but their
seed differ by about half as much."""

NOTHING = "none of them"
"""The answer that the run beats no baseline."""

_OLD_NAMES = {"against": "versus_last"}
"""Fields of stored guesses that have been renamed since."""

_OLD_BASELINES = {"user and item means": "user and movie means"}
"""Baselines in stored guesses that have been renamed since."""


@dataclass(frozen=True)
class Guess:
    """What a student guessed; None where a question was left out.

    Attributes:
        versus_last: how the RMSE will compare with that of the last run.
        overfits: whether the validation loss will turn up again.
        beats: the name of the strongest baseline that the run will beat.
        previous_rmse: RMSE of the last run when the guess was made, in stars.
        n_epochs: epochs that the run was planned to have. Epochs added to it later do not change the answers; None
            counts them all.

    Raises:
        ConfigError: `versus_last` is not a known answer, or there is no `previous_rmse` to compare with.
    """

    versus_last: Comparison | None = None
    overfits: bool | None = None
    beats: str | None = None
    previous_rmse: float | None = None
    n_epochs: int | None = None

    def __post_init__(self) -> None:
        if self.versus_last is None:
            return
        known = get_args(Comparison)
        if self.versus_last not in known:
            raise ConfigError(f"versus_last={self.versus_last!r} is not known. Choose one of: {', '.join(known)}.")
        if self.previous_rmse is None:
            raise ConfigError("There is no earlier run to compare this one with. Leave that question out.")

    @property
    def is_empty(self) -> bool:
        """Whether every question was left out."""
        return self.versus_last is None and self.overfits is None and self.beats is None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` gives the equal guess back."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Guess":
        """The guess that `to_json` wrote, under today's or earlier names of fields and baselines."""
        guess = cls(**{_OLD_NAMES.get(name, name): value for name, value in record.items()})
        return replace(guess, beats=_OLD_BASELINES.get(guess.beats or "", guess.beats))


class Answer(NamedTuple):
    """One question with its answer: the guess, the truth, and the numbers behind it."""

    question: str
    guess: str
    truth: str
    why: str

    @property
    def right(self) -> bool:
        """Whether the guess came true."""
        return self.guess == self.truth


def judge(guess: Guess, history: History, baselines: Sequence[Baseline]) -> list[Answer]:
    """Compare the guess with the run's last epoch, one answer per question; empty before the first epoch has ended.

    A run that was stopped, interrupted or failed is judged by the epochs that it has. One that diverged is worse than
    any other, beats nothing, and is judged for overfitting by the epochs that it had.
    """
    if guess.n_epochs is not None and len(history.epochs) >= guess.n_epochs:
        history = history.until(guess.n_epochs, 0)
    diverged = history.ended is not None and history.ended.outcome == "diverged"
    if not history.epochs and not diverged:
        return []
    rmse = float("inf") if diverged else history.epochs[-1].rmse
    result = "It diverged" if diverged else f"Its RMSE is {rmse:.4f}"
    answers = []
    if guess.versus_last is not None and guess.previous_rmse is not None:
        why = f"{result}; the last run had {guess.previous_rmse:.4f}."
        answers.append(Answer("Against the last run", guess.versus_last, _compare(rmse, guess.previous_rmse), why))
    if guess.overfits is not None:
        answers.append(_overfitting(guess.overfits, history))
    if guess.beats is not None:
        answers.append(_strongest_beaten(guess.beats, rmse, result, baselines))
    return answers


def _compare(rmse: float, previous: float) -> Comparison:
    if abs(rmse - previous) < SAME * previous:
        return "same"
    return "better" if rmse < previous else "worse"


def _overfitting(guessed: bool, history: History) -> Answer:
    words = {True: "overfits", False: "does not overfit"}
    epoch = overfit_epoch(history)
    if epoch is None:
        why = "The validation loss did not turn up for good."
    else:
        best, last = history.epochs[epoch - 1].valid_loss, history.epochs[-1].valid_loss
        why = f"The validation loss was lowest after epoch {epoch}, at {best:.4f}, and ended at {last:.4f}."
    return Answer("Overfitting", words[guessed], words[epoch is not None], why)


def _strongest_beaten(guessed: str, rmse: float, result: str, baselines: Sequence[Baseline]) -> Answer:
    """Which of the baselines that the run beats has the lowest RMSE."""
    beaten = [baseline for baseline in baselines if rmse < baseline.rmse]
    strongest = min(beaten, key=lambda baseline: baseline.rmse, default=None)
    why = f"{result}." if strongest is None else f"{result}; {strongest.name}: {strongest.rmse:.4f}."
    return Answer("Strongest baseline it beats", guessed, NOTHING if strongest is None else strongest.name, why)
