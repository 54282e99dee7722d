"""Guesses against made-up runs whose answers are known."""

from dataclasses import replace

import pytest

from cf_core.errors import ConfigError
from cf_core.insight.baselines import Baseline
from cf_core.teaching.guesses import NOTHING, Guess, judge
from cf_core.training.events import EpochEnded, FitEnded
from cf_core.training.history import History

BASELINES = [Baseline("global mean", 1.21, None, "", ""), Baseline("means", 0.81, None, "", "")]  # RMSE 1.1 and 0.9


def run(*valid: float, train: tuple[float, ...] = ()) -> History:
    """A finished run with these validation losses; the training loss falls by 0.1 an epoch unless given."""
    history = History()
    for epoch, loss in enumerate(valid, start=1):
        train_loss = train[epoch - 1] if train else 1 - 0.1 * epoch
        history.add(EpochEnded(epoch, 1, train_loss, loss, loss**0.5, 0.7, 0.1, 1.0, 100.0))
    history.add(FitEnded("finished", len(valid), 1.0))
    return history


@pytest.mark.parametrize(("valid", "truth"), [(0.81, "same"), (0.82, "worse"), (0.7, "better"), (1.0, "worse")])
def test_against_the_last_run(valid: float, truth: str) -> None:
    for guessed in ("better", "same", "worse"):
        (answer,) = judge(Guess(guessed, previous_rmse=0.9), run(valid), BASELINES)
        assert answer.truth == truth
        assert answer.right == (guessed == truth)
        assert f"{valid**0.5:.4f}" in answer.why and "0.9000" in answer.why


def test_same_means_within_half_a_per_cent() -> None:
    assert judge(Guess("same", previous_rmse=1.0), run(0.9951**2), BASELINES)[0].right
    assert judge(Guess("better", previous_rmse=1.0), run(0.9949**2), BASELINES)[0].right
    assert judge(Guess("worse", previous_rmse=1.0), run(1.0051**2), BASELINES)[0].right


def test_overfitting() -> None:
    turned, falling = run(0.9, 0.8, 0.9), run(0.9, 0.8, 0.79)
    assert [judge(Guess(overfits=guessed), turned, BASELINES)[0].right for guessed in (True, False)] == [True, False]
    assert [judge(Guess(overfits=guessed), falling, BASELINES)[0].right for guessed in (True, False)] == [False, True]
    (answer,) = judge(Guess(overfits=True), turned, BASELINES)
    assert "lowest after epoch 2, at 0.8000, and ended at 0.9000" in answer.why


@pytest.mark.parametrize(("valid", "truth"), [(1.3, NOTHING), (1.0, "global mean"), (0.7, "means")])
def test_the_strongest_baseline_that_is_beaten(valid: float, truth: str) -> None:
    (answer,) = judge(Guess(beats=truth), run(valid), BASELINES)
    assert answer.right and answer.truth == truth


def test_only_what_was_answered_is_judged() -> None:
    assert judge(Guess(), run(0.8), BASELINES) == []
    assert Guess(previous_rmse=0.9).is_empty
    assert not Guess(overfits=False).is_empty
    assert [answer.question for answer in judge(Guess("same", False, "means", 0.9), run(0.8), BASELINES)] == [
        "Against the last run",
        "Overfitting",
        "Strongest baseline it beats",
    ]


def test_a_run_without_an_epoch_answers_nothing_unless_it_diverged() -> None:
    guess = Guess("worse", None, NOTHING, 0.9)
    assert judge(guess, History(), BASELINES) == []
    diverged = History.of([FitEnded("diverged", 0, 1.0, "ran away")])
    assert [answer.right for answer in judge(guess, diverged, BASELINES)] == [True, True]
    assert "It diverged" in judge(guess, diverged, BASELINES)[0].why


def test_what_is_added_to_a_run_later_changes_no_answer() -> None:
    planned, longer = run(0.9, 0.8), run(0.9, 0.8, 0.9, 1.0)
    guess = Guess("better", False, "means", 0.94, n_epochs=2)
    assert judge(guess, longer, BASELINES) == judge(guess, planned, BASELINES)
    assert judge(replace(guess, n_epochs=None), longer, BASELINES) != judge(guess, planned, BASELINES)
    longer.ended = FitEnded("diverged", 4, 1.0, "ran away")
    assert judge(guess, longer, BASELINES) == judge(guess, planned, BASELINES)
    assert judge(replace(guess, n_epochs=5), longer, BASELINES)[0].truth == "worse"


def test_json_and_back() -> None:
    guess = Guess("same", True, "means", 0.9, 3)
    assert Guess.from_json(guess.to_json()) == guess


def test_a_guess_stored_under_the_old_name_of_a_field_still_loads() -> None:
    record = {"against": "worse", "overfits": None, "beats": "means", "previous_rmse": 0.9, "n_epochs": 3}
    assert Guess.from_json(record) == Guess("worse", None, "means", 0.9, 3)
    record["beats"] = "user and item means"
    assert Guess.from_json(record).beats == "user and movie means"


def test_impossible_guesses() -> None:
    with pytest.raises(ConfigError, match="better, same, worse"):
        Guess("perhaps", previous_rmse=1.0)
    with pytest.raises(ConfigError, match="no earlier run"):
        Guess("better")
