"""Predict first: the questions before a run, the answers after it, and the score. All optional: starting a run without
an answer skips them."""

from enum import StrEnum
from typing import cast

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.insight.baselines import Baseline
from cf_core.runs.spec import Run
from cf_core.teaching.guesses import NOTHING, Answer, Comparison, Guess, judge
from cf_core.training.history import History
from pages.shared import cached, session
from pages.shared.cached import cache_for_all
from pages.shared.choice import optional_choice
from pages.shared.messages import escape_markdown


class Key(StrEnum):
    """Session keys of the three questions."""

    VERSUS_LAST = "guess_versus_last"
    OVERFITS = "guess_overfits"
    BEATS = "guess_beats"


YES, NO = "overfits", "does not"


def show_questions(baselines: list[Baseline], split: SplitConfig) -> None:
    """The questions, behind a button; `start` reads the answers.

    Args:
        baselines: what the run may beat, the worst first.
        split: of the run.
    """
    with st.popover("Predict first", icon=":material/psychology_alt:", key="predict_first"):
        st.caption(f"Make a prediction, then train. Every question is optional; {score()}.")
        previous = _previous_rmse(split)
        if previous is not None:
            options, same = ["better", "same", "worse"], "Same means within half a per cent."
            help_text = f"Its RMSE was {previous:.4f}. {same}"
            optional_choice("Against the last run", options, key=Key.VERSUS_LAST, help=help_text)
        help_text = "Validation loss that rises again while the training loss falls."
        optional_choice("Will it overfit?", (YES, NO), key=Key.OVERFITS, help=help_text)
        names = [NOTHING, *(baseline.name for baseline in baselines)]
        told = session.words().told
        optional_choice("The strongest baseline it will beat", names, key=Key.BEATS, format_func=told)


def start(config: TrainingConfig, split: SplitConfig) -> str:
    """Start the run with the guess, and clear the questions; its id. For callbacks."""
    run_id = session.start_run(config, guess_now(config, split), split)
    clear_questions()
    return run_id


def guess_now(config: TrainingConfig, split: SplitConfig) -> Guess | None:
    """What has been answered so far, about a run of that configuration; None where every question was left out."""
    versus_last = cast(Comparison | None, st.session_state.get(Key.VERSUS_LAST))
    overfits = {YES: True, NO: False}.get(st.session_state.get(Key.OVERFITS) or "")
    guess = Guess(versus_last, overfits, st.session_state.get(Key.BEATS), _previous_rmse(split), config.n_epochs)
    return None if guess.is_empty else guess


def clear_questions() -> None:
    """Take all answers back. For callbacks."""
    for key in Key:
        if key in st.session_state:
            st.session_state[key] = None


def show_answers(run: Run, history: History) -> None:
    """What the student guessed of the run and, after its end, how that turned out, behind a button that says how many
    guesses came true."""
    if run.guess is None:
        return
    answers = [] if run.unfinished else _judge(run.guess, run, history, session.ratings())
    n_right = sum(answer.right for answer in answers)
    label = f"Your guess: {n_right} of {len(answers)} right" if answers else "Your guess"
    with st.popover(label, icon=":material/psychology_alt:", key="answers"):
        if not answers:
            st.markdown(escape_markdown(_guess_in_words(run.guess)))
            return
        for answer in answers:
            mark = ":material/check_circle:" if answer.right else ":material/cancel:"
            truth = "" if answer.right else f" In fact: {answer.truth}."
            told = session.words().told(f"{answer.question}. You said: {answer.guess}.{truth} {answer.why}")
            st.markdown(f"{mark} {escape_markdown(told)}")
        st.caption(score().capitalize() + ".")


def _guess_in_words(guess: Guess) -> str:
    overfits = {True: YES, False: f"{NO} overfit", None: None}[guess.overfits]
    beats = None if guess.beats is None else f"beats {guess.beats}"
    versus_last = {"same": "as good as the last run", None: None}.get(
        guess.versus_last, f"{guess.versus_last} than the last run"
    )
    said = "; ".join(part for part in (versus_last, overfits, beats) if part is not None)
    return session.words().told(f"You said: {said}.") + " The answer comes with the end of the run."


def score() -> str:
    """How many guesses of the workspace came true."""
    ratings = session.ratings()
    guessed = [run for run in session.workspace().runs() if run.guess and not run.unfinished]
    runs = [run for run in guessed if run.fingerprint == ratings.fingerprint]
    answers = [answer for run in runs for answer in _stored_answers(run, ratings)]
    if not answers:
        return "no guess yet"
    return f"your score {sum(answer.right for answer in answers)} of {len(answers)}"


@cache_for_all(max_entries=512)
def _stored_answers(run: Run, ratings: Ratings) -> list[Answer]:
    """Those of a run of this workspace that has ended; none where nothing was guessed."""
    if run.guess is None:
        return []
    return _judge(run.guess, run, session.own_run(run.run_id).history(), ratings)


def _judge(guess: Guess, run: Run, history: History, ratings: Ratings) -> list[Answer]:
    return judge(guess, history, cached.baselines(ratings, run.spec.split))


def _previous_rmse(split: SplitConfig) -> float | None:
    """Of the newest run on the selected data and that split that has ended with an RMSE of its own."""
    ended = [run for run in session.runs_here() if not run.unfinished and run.outcome != "diverged"]
    return next((run.rmse for run in ended if run.rmse is not None and run.spec.split == split), None)
