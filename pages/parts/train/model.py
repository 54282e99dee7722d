"""The model of a run, open: how PyTorch prints it, its layers, its memory, its norms over time. It computes nothing."""

import math

import pandas as pd
import streamlit as st

from cf_core.charts.run.norms import layer_name, norm_curves
from cf_core.runs.spec import Run
from cf_core.teaching.memory import memory_of
from cf_core.training.events import FitStarted
from cf_core.training.history import History
from pages.shared.metrics import row_of_numbers
from pages.shared.plot import plot

_NUMBER = 4
"""Bytes of a float32."""


def show_model(run: Run, history: History) -> None:
    """All that is known of the model without its weights."""
    if history.started is None:
        st.caption("The model is built when the run begins.")
        return
    st.code(history.started.model, language=None)
    st.caption(f"{history.started.n_parameters:,} numbers to learn, on {history.started.device}:")
    st.dataframe(_layers(history.started), hide_index=True, key="layers")
    _memory(run, history.started)
    _norms(history)


def _layers(started: FitStarted) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "layer": [layer_name(name) for name in started.layers],
            "weights": list(started.layers),
            "shape": [" × ".join(f"{n:,}" for n in shape) for shape in started.layers.values()],
            "numbers": [math.prod(shape) for shape in started.layers.values()],
            "memory": [_size(_NUMBER * math.prod(shape)) for shape in started.layers.values()],
        }
    )


def _memory(run: Run, started: FitStarted) -> None:
    """Where the bytes go: training takes several times the weights."""
    needed = memory_of(started, run.spec.config.optimizer, run.spec.config.momentum)
    helps = {"optimiser": "What it remembers of earlier steps: one number a weight with momentum, two with Adam."}
    numbers = {
        name.capitalize(): _size(n_bytes) for name, n_bytes in {**needed, "together": sum(needed.values())}.items()
    }
    row_of_numbers(numbers, {name.capitalize(): text for name, text in helps.items()})


def _norms(history: History) -> None:
    last = next((report for report in reversed(history.batches) if report.weight_norms), None)
    if last is None:
        st.caption("Norms of weights and gradients are taken while a run trains; this one has none yet.")
        return
    said = ", ".join(f"{layer_name(name)} {norm:.3g}" for name, norm in last.weight_norms.items())
    plot(norm_curves(history), key="norms", alt=f"Norms of weights and gradients by epoch. Weights at the end: {said}.")
    st.caption(
        "A norm is the root of the sum of squares. Weights that grow without end have no decay to hold them; gradients "
        "that grow are the first sign of a rate that is too high."
    )


def _size(n_bytes: int) -> str:
    """Bytes as people say them."""
    return f"{n_bytes / 1e6:,.2f} MB" if n_bytes >= 1e6 else f"{n_bytes / 1e3:,.1f} KB"
