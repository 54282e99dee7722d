"""How two runs compare: their curves, which is better, in which settings they differ, how they ended."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from cf_core.charts.run.compare import compare_curves
from cf_core.charts.run.curves import Metric
from cf_core.runs.spec import Run
from cf_core.teaching.config_diff import Difference, differing_settings
from cf_core.teaching.noise import seed_noise
from cf_core.training.history import History
from pages.shared import session
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState
from pages.shared.table import data_table

ENDS = ["RMSE, stars", "MAE, stars", "parameters", "epochs", "seconds", "outcome"]
"""What there is to say of the end of a run, in the nouns of the lesson's data."""


def history_now(run: Run) -> History:
    """The run of this workspace as far as it has come."""
    return session.own_run(run.run_id).history_now()


def show_together(runs: Mapping[str, Run], metric: Metric, key: str, sent: SentState, height: int = 500) -> None:
    """The runs on the same axes, as far as they have come. For a part of the page that refreshes while one is under
    way: when that one ends, the whole page runs once more.

    Args:
        runs: by the names that the legend gives them.
        key: of the plot.
        sent: what the browser has of the plot.
        height: of the plot, in pixels.
    """
    under_way = [run for run in runs.values() if run.unfinished]
    if not all(session.own_run(run.run_id).run.unfinished for run in under_way):
        st.rerun()
    histories = {name: history_now(run) for name, run in runs.items()}
    reached = "; ".join(f"{name}: {_reached(history)}" for name, history in histories.items())
    figure = compare_curves(histories, metric, session.words())
    plot(figure, key=key, alt=f"Losses by epoch. {reached}.", height=height, sent=sent)


def _reached(history: History) -> str:
    if history.ended is not None and history.ended.outcome == "diverged":
        return f"diverged in epoch {len(history.epochs) + 1}"
    return f"validation MSE {history.epochs[-1].valid_loss:.4f}" if history.epochs else "no epoch yet"


def show_which_is_better(runs: Mapping[str, Run]) -> None:
    """Of two runs, by the names that the page gives them, in one line."""
    names = session.run_names()
    called = {name: f"**{name}** ({escape_markdown(names[run.run_id])})" for name, run in runs.items()}
    diverged = [called[name] for name, run in runs.items() if run.outcome == "diverged"]
    if any(run.unfinished for run in runs.values()):
        _say("gray", "hourglass_top", f"{' and '.join(called.values())}: which is better shows when both have ended.")
        return
    if diverged:
        _say("red", "cancel", f"{diverged[0]} diverged and predicts nothing: any run that came to its end is better.")
        return
    ended = [(run.rmse, called[name]) for name, run in runs.items() if run.rmse is not None]
    if len(ended) < len(runs):
        _say("orange", "info", "Cannot tell which is better: one of them has not finished an epoch.")
        return
    (best, name), (rest, than) = sorted(ended)
    gap, ratings = rest - best, session.ratings()
    unit, noise = ratings.words.unit, seed_noise(ratings.rating_range)
    if gap < noise:
        alike = f"{name} and {than} end {gap:.4f} {unit} of RMSE apart: no more than another seed makes."
        _say("orange", "info", alike)
        return
    better = f"{name} predicts better than {than}: its RMSE is {gap:.4f} {unit} lower, {gap / rest:.1%}."
    _say("green", "check_circle", better, f"Changing only the seed moves RMSE by up to {noise:.3g}.")


def _say(colour: str, icon: str, text: str, help_text: str | None = None) -> None:
    st.markdown(f":{colour}[:material/{icon}:] {text}", help=help_text)


def list_differences(runs: Mapping[str, Run]) -> None:
    """The settings that differ between two runs, including learning rates that were set during training."""
    one, other = runs.values()
    lines = differing_settings(one.spec.config, other.spec.config)
    commanded = rates_set(history_now(one)), rates_set(history_now(other))
    if commanded[0] != commanded[1]:
        lines.append(Difference("rate set during training", *commanded))
    st.subheader("Settings that differ")
    if lines:
        data_table(pd.DataFrame(lines, columns=["", *runs]), key="differences", name="settings-that-differ")
    else:
        st.caption("None: the same settings give the same numbers on the same machine.")


def rates_set(history: History) -> str:
    """The learning rates that commands set."""
    rates = ((command.learning_rate, command.position) for command in history.commands)
    return ", ".join(f"{rate:.3g} at epoch {at:.2f}" for rate, at in rates if rate is not None) or "–"


def list_ends(runs: Mapping[str, Run]) -> None:
    """The final figures of all, side by side."""
    ended = {name: ends_of(run, history_now(run)) for name, run in runs.items()}
    st.subheader("How they ended")
    data_table(
        pd.DataFrame({"": [session.words().told(one) for one in ENDS], **ended}), key="ends", name="how-they-ended"
    )


def ends_of(run: Run, history: History) -> list[str]:
    """The figures that `ENDS` names, as text; losses are those of the last whole epoch."""
    losses = [f"{history.epochs[-1].rmse:.4f}", f"{history.epochs[-1].mae:.4f}"] if history.epochs else ["–", "–"]
    parameters = "–" if history.started is None else f"{history.started.n_parameters:,}"
    seconds = "–" if run.seconds is None else f"{run.seconds:.1f}"
    return [*losses, parameters, str(len(history.epochs)), seconds, run.outcome]
