"""The model of a run: how PyTorch prints it, its layers, its memory, its norms over time."""

import math

import pandas as pd
import streamlit as st

from cf_core.charts.run.norms import layer_name, norm_curves
from cf_core.runs.spec import Run
from cf_core.teaching.memory import memory_of
from cf_core.training.events import FitStarted
from cf_core.training.history import History
from pages.shared import session
from pages.shared.metrics import metric_row
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState
from pages.shared.table import data_table

_NUMBER = 4
"""Bytes of a float32."""


def show_model(run: Run, history: History, sent: SentState) -> None:
    """What is known of the model without its weights.

    Args:
        sent: what the browser has of the plot of the norms.
    """
    if history.started is None:
        st.caption("The model is built when the run begins.")
        return
    st.code(history.started.model, language=None, wrap_lines=True)
    st.caption(f"{history.started.n_parameters:,} parameters on {history.started.device}:")
    data_table(_layers(history.started), key="layers")
    _memory(run, history.started)
    _norms(history, sent)


def _layers(started: FitStarted) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "layer": [layer_name(name, session.words()) for name in started.layers],
            "weights": list(started.layers),
            "shape": [" × ".join(f"{n:,}" for n in shape) for shape in started.layers.values()],
            "parameters": [math.prod(shape) for shape in started.layers.values()],
            "memory": [_size(_NUMBER * math.prod(shape)) for shape in started.layers.values()],
        }
    )


def _memory(run: Run, started: FitStarted) -> None:
    """Where the bytes go: training takes several times the weights."""
    needed = memory_of(started, run.spec.config.optimizer, run.spec.config.momentum)
    sizes = {**needed, "together": sum(needed.values())}
    optimiser = "What it remembers of earlier steps: one number per weight with momentum, two with Adam."
    metric_row({name.capitalize(): _size(n_bytes) for name, n_bytes in sizes.items()}, {"Optimiser": optimiser})


def _norms(history: History, sent: SentState) -> None:
    last = next((report for report in reversed(history.batches) if report.weight_norms), None)
    if last is None:
        st.caption("Norms of weights and gradients are measured while a run trains; this one has none yet.")
        return
    norms = ", ".join(f"{layer_name(name, session.words())} {norm:.3g}" for name, norm in last.weight_norms.items())
    alt = f"Norms of weights and gradients by epoch. Weights at the end: {norms}."
    plot(norm_curves(history, session.words()), key="train_norms", alt=alt, sent=sent)
    st.caption(
        "A norm is the root of the sum of squares. Weights that grow without end have no weight decay to hold them; "
        "gradients that grow are the first sign of a learning rate that is too high."
    )


def _size(n_bytes: int) -> str:
    """Bytes in KB, or in MB from a million on."""
    return f"{n_bytes / 1e6:,.2f} MB" if n_bytes >= 1e6 else f"{n_bytes / 1e3:,.1f} KB"
