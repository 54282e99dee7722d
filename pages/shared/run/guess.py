"""Predict first: the questions before a run, the answers after it, and the score. Never in the way: a start without an
answer skips them. Nothing in here judges."""

from typing import cast

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.insight.baselines import Baseline
from cf_core.runs.spec import UNFINISHED, Run
from cf_core.teaching.guesses import NOTHING, Against, Answer, Guess, judge
from cf_core.training.history import History
from pages.shared import cached, session
from pages.shared.messages import plain

AGAINST, OVERFITS, BEATS = "guess_against", "guess_overfits", "guess_beats"
YES, NO = "overfits", "does not"


def ask(baselines: list[Baseline]) -> None:
    """The questions, folded away until they are wanted; `committed` reads the answers.

    Args:
        baselines: what the run may beat, the worst first.
    """
    label = f"Predict first · {score()}"
    with st.expander(label, icon=":material/psychology_alt:", key="predict_first"):
        st.caption("Commit to a guess, then train. Leave out what you like; Train alone skips it all.")
        previous = _previous_rmse()
        if previous is not None:
            help_text = f"Its RMSE was {previous:.4f}. Same means within half a per cent."
            st.segmented_control("Against the last run", ["better", "same", "worse"], key=AGAINST, help=help_text)
        st.segmented_control(
            "Will it overfit?",
            [YES, NO],
            key=OVERFITS,
            help="Validation loss that rises again while the training loss falls.",
        )
        names = [NOTHING, *(baseline.name for baseline in baselines)]
        st.segmented_control("The hardest of these that it beats", names, key=BEATS)


def start(config: TrainingConfig) -> None:
    """Start the run with what was guessed, and clear the questions. For `on_click`."""
    against = cast(Against | None, st.session_state.get(AGAINST))
    overfits = {YES: True, NO: False}.get(st.session_state.get(OVERFITS) or "")
    guess = Guess(against, overfits, st.session_state.get(BEATS), _previous_rmse(), config.n_epochs)
    session.start_run(config, guess or None)
    for key in (AGAINST, OVERFITS, BEATS):
        if key in st.session_state:
            st.session_state[key] = None


def show_answers(run: Run, history: History) -> None:
    """What came of the guess, with the numbers."""
    if run.guess is None:
        return
    answers = _answers(run, history)
    if not answers:
        st.caption("The guess counts when an epoch is over.")
        return
    n_right = sum(answer.right for answer in answers)
    with st.container(border=True, key="answers"):
        st.markdown(f"**Your guess: {n_right} of {len(answers)} right** · {score()}")
        for answer in answers:
            mark = ":material/check_circle:" if answer.right else ":material/cancel:"
            truth = "" if answer.right else f", and it is: {answer.truth}"
            st.markdown(f"{mark} {plain(f'{answer.question}: you said {answer.guess}{truth}. {answer.why}')}")


def score() -> str:
    """How many guesses of the workspace came true."""
    answers = [answer for run in session.workspace().runs() if run.guess for answer in _stored_answers(run)]
    if not answers:
        return "no guess yet"
    return f"your score {sum(answer.right for answer in answers)} of {len(answers)}"


def _stored_answers(run: Run) -> list[Answer]:
    if run.outcome in UNFINISHED or run.fingerprint != session.ratings().fingerprint:
        return []
    return _cached_answers(run.run_id, run.n_epochs_done, run.seconds, run)


@st.cache_resource(max_entries=512, show_spinner=False)
def _cached_answers(run_id: str, n_epochs: int, seconds: float | None, _run: Run) -> list[Answer]:
    """Keyed by what changes when a run goes on."""
    return _answers(_run, session.workspace().history(run_id))


def _answers(run: Run, history: History) -> list[Answer]:
    assert run.guess is not None
    return judge(run.guess, history, cached.baselines(session.ratings(), run.spec.split))


def _previous_rmse() -> float | None:
    """Of the newest run on the chosen data that has ended with an RMSE of its own."""
    here = [run for run in session.workspace().runs() if run.spec.data == session.data_folder()]
    ended = [run for run in here if run.outcome not in (*UNFINISHED, "diverged")]
    return next((run.rmse for run in ended if run.rmse is not None), None)
