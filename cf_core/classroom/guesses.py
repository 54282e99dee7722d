"""What the runs of a class were guessed to do, question by question, and what they did."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cf_core.insight.baselines import Baseline
from cf_core.teaching.guesses import Answer, Guess, judge
from cf_core.training.history import History

OVERFITS = {True: "overfits", False: "does not overfit"}


class Guessed(NamedTuple):
    """One question about a run: what was guessed, and what came true; "" and None until the run has ended."""

    question: str
    guess: str
    truth: str = ""
    right: bool | None = None


def open_questions(guess: Guess) -> list[Guessed]:
    """The questions that the guess answers, before it can be judged; named as `judge` names them."""
    answers = {
        "Against the last run": guess.versus_last,
        "Overfitting": None if guess.overfits is None else OVERFITS[guess.overfits],
        "Strongest baseline it beats": guess.beats,
    }
    return [Guessed(question, answer) for question, answer in answers.items() if answer is not None]


def judged(guess: Guess, history: History, baselines: Sequence[Baseline]) -> list[Guessed]:
    """The questions with what came true; those about baselines stay open where none are known. Empty lists of epochs
    leave all of them open."""
    if not baselines:
        open_ones = [one for one in open_questions(guess) if one.guess == guess.beats]
        guess, rest = Guess(guess.versus_last, guess.overfits, None, guess.previous_rmse, guess.n_epochs), open_ones
    else:
        rest = []
    answers = [_guessed(answer) for answer in judge(guess, history, baselines)]
    return [*answers, *rest] if answers else [*open_questions(guess), *rest]


def in_words(guessed: Iterable[Guessed]) -> str:
    """The guesses of one run in a few words: "1 of 2 right", "2 guesses" before they are judged, "" for none."""
    known = [one for one in guessed if one.right is not None]
    if known:
        return f"{sum(bool(one.right) for one in known)} of {len(known)} right"
    n = len([*guessed])
    return "" if n == 0 else f"{n} guess{'es' * (n > 1)}"


def _guessed(answer: Answer) -> Guessed:
    return Guessed(answer.question, answer.guess, answer.truth, answer.right)
