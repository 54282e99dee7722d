"""How two runs compare: their curves, which is better, in which settings they differ, how they ended."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from cf_core.charts.run.compare import compare_curves
from cf_core.charts.run.curves import Metric
from cf_core.runs.spec import Run
from cf_core.teaching.config_diff import Difference, differing_settings
from cf_core.training.history import History
from pages.shared import session
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState

NOISE = 0.003
"""Stars of RMSE: the largest gap seen between runs of the lesson's recipes that differ only in their seed."""

ENDS = ["RMSE, stars", "MAE, stars", "parameters", "epochs", "seconds", "outcome"]


def history_now(run: Run) -> History:
    """The run of this workspace as far as it has come."""
    return session.own_run(run.run_id).history_now()


def names_of(one: Run, other: Run) -> tuple[str, str]:
    """What legend and table call the two; if their names are the same, the ids tell them apart."""
    first, second = one.name or one.run_id, other.name or other.run_id
    return (first, second) if first != second else (f"{first} · {one.run_id}", f"{second} · {other.run_id}")


def show_together(runs: Mapping[str, Run], metric: Metric, key: str, sent: SentState) -> None:
    """The runs on the same axes, as far as they have come. For a part of the page that refreshes while one is under
    way: when that one ends, the whole page runs once more.

    Args:
        runs: by the names that the legend gives them.
        key: of the plot.
        sent: what the browser has of the plot.
    """
    under_way = [run for run in runs.values() if run.unfinished]
    if not all(session.own_run(run.run_id).run.unfinished for run in under_way):
        st.rerun()
    histories = {name: history_now(run) for name, run in runs.items()}
    reached = "; ".join(f"{name}: {_reached(history)}" for name, history in histories.items())
    plot(compare_curves(histories, metric), key=key, alt=f"Losses by epoch. {reached}.", sent=sent)


def _reached(history: History) -> str:
    if history.ended is not None and history.ended.outcome == "diverged":
        return f"diverged in epoch {len(history.epochs) + 1}"
    return f"validation MSE {history.epochs[-1].valid_loss:.4f}" if history.epochs else "no epoch yet"


def show_which_is_better(one: Run, other: Run) -> None:
    """Of two runs that have ended."""
    names = names_of(one, other)
    for name, run in zip(names, (one, other), strict=True):
        if run.outcome == "diverged":
            warning = f"{name} diverged and predicts nothing: any run that came to its end is better."
            st.warning(escape_markdown(warning))
            return
    if one.rmse is None or other.rmse is None:
        st.info("Cannot tell which is better: one of them has not finished an epoch.")
        return
    (best, name), (rest, _) = sorted(zip((one.rmse, other.rmse), names, strict=True))
    gap = rest - best
    if gap < NOISE:
        st.info(f"The two end {gap:.4f} stars of RMSE apart. Runs that differ only in their seed differ by as much.")
        return
    better = f"{name} predicts better: its RMSE is {gap:.4f} stars lower, {gap / rest:.1%}."
    st.success(escape_markdown(f"{better} Changing only the seed moves RMSE by up to {NOISE}."))


def list_differences(one: Run, other: Run) -> None:
    """The settings that differ, including learning rates that were set during training."""
    lines = differing_settings(one.spec.config, other.spec.config)
    commanded = rates_set(history_now(one)), rates_set(history_now(other))
    if commanded[0] != commanded[1]:
        lines.append(Difference("rate set during training", *commanded))
    st.subheader("Settings that differ")
    if lines:
        st.dataframe(pd.DataFrame(lines, columns=["", *names_of(one, other)]), hide_index=True, key="differences")
    else:
        st.caption("None: the same settings give the same numbers on the same machine.")


def rates_set(history: History) -> str:
    """The learning rates that commands set."""
    rates = ((command.learning_rate, command.position) for command in history.commands)
    return ", ".join(f"{rate:.3g} at epoch {at:.2f}" for rate, at in rates if rate is not None) or "–"


def list_ends(one: Run, other: Run) -> None:
    """The final figures of both, side by side."""
    ended = {name: ends_of(run, history_now(run)) for name, run in zip(names_of(one, other), (one, other), strict=True)}
    st.subheader("How they ended")
    st.dataframe(pd.DataFrame({"": ENDS, **ended}), hide_index=True, key="ends")


def ends_of(run: Run, history: History) -> list[str]:
    """The figures that `ENDS` names, as text; losses are those of the last whole epoch."""
    losses = [f"{history.epochs[-1].rmse:.4f}", f"{history.epochs[-1].mae:.4f}"] if history.epochs else ["–", "–"]
    parameters = "–" if history.started is None else f"{history.started.n_parameters:,}"
    seconds = "–" if run.seconds is None else f"{run.seconds:.1f}"
    return [*losses, parameters, str(len(history.epochs)), seconds, run.outcome]
