"""A guess is kept with its run, from the moment of its start; a store of an older version has none."""

from cf_core.runs.store.run_store import RunStore
from cf_core.teaching.guesses import Guess

GUESS = Guess("better", False, "global mean", 0.9)


def test_it_is_kept_with_the_run(tmp_path, make_spec) -> None:
    store = RunStore(tmp_path / "runs")
    guessed, plain = store.create(make_spec(), guess=GUESS), store.create(make_spec())
    again = RunStore(tmp_path / "runs")
    assert guessed.guess == again.get(guessed.run_id).guess == GUESS
    assert again.get(plain.run_id).guess is None


def test_an_empty_guess_is_none(tmp_path, make_spec) -> None:
    assert RunStore(tmp_path / "runs").create(make_spec(), guess=Guess(previous_rmse=0.9)).guess is None


def test_it_stands_when_the_run_goes_on(tmp_path, make_spec) -> None:
    store = RunStore(tmp_path / "runs")
    run_id = store.create(make_spec(), guess=GUESS).run_id
    store.interrupt(run_id, "cut off")
    assert store.requeue(run_id).guess == GUESS
