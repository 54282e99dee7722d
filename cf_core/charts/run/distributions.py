"""Histograms of biases or of factor norms (lengths) after one epoch, over bins that all epochs share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from cf_core.charts.run.film import epoch_name, nice_range
from cf_core.charts.style import BLUE, GREY, PURPLE, axis, layout
from cf_core.insight.snapshot import Snapshot
from cf_core.words import MOVIES, Words

Measure = Literal["bias", "norm"]
N_BINS = 50
_ROWS = (("movies", "item", BLUE, [0.57, 1.0]), ("users", "user", PURPLE, [0.0, 0.43]))


@dataclass(frozen=True)
class _Panel:
    """One histogram: `n` names its pair of axes; `shares` is the percentage in each bin by snapshot, shape
    (n_snapshots, N_BINS)."""

    n: str
    noun: str
    what: str
    color: str
    edges: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]
    places: tuple[list[float], list[float]]
    title: str

    def bars(self, number: int) -> go.Bar:
        """Bars of one snapshot."""
        low, high = self.edges[:-1], self.edges[1:]
        return go.Bar(
            uid=f"bars{self.n}",
            name=self.noun,
            x=(low + high) / 2,
            y=self.shares[number].round(2),
            marker_color=self.color,
            customdata=[f"{a:.3g} to {b:.3g}" for a, b in zip(low, high, strict=True)],
            hovertemplate=f"%{{y:.1f}}% of the {self.noun}: {self.what} %{{customdata}}<extra></extra>",
            xaxis=f"x{self.n}",
            yaxis=f"y{self.n}",
        )

    def outline(self, name: str, first: bool) -> go.Scatter:
        """Outline of the first snapshot, the same at every epoch."""
        return go.Scatter(
            uid=f"outline{self.n}",
            name=name,
            x=self.edges,
            y=np.append(self.shares[0], self.shares[0, -1]).round(2),
            mode="lines",
            line={"color": GREY, "width": 1.5, "shape": "hv"},
            fill="tozeroy",
            fillcolor="rgba(125, 136, 148, 0.25)",
            hoverinfo="skip",
            showlegend=first,
            xaxis=f"x{self.n}",
            yaxis=f"y{self.n}",
        )

    def axes(self) -> dict[str, Any]:
        """Its pair of axes. The vertical one fits all snapshots but the first, whose spike may be cut off."""
        after = self.shares[1:] if len(self.shares) > 1 else self.shares
        across, up = self.places
        x = axis(self.title, domain=across, anchor=f"y{self.n}", range=[self.edges[0], self.edges[-1]], showgrid=False)
        y = axis(f"{self.noun} (%)", domain=up, anchor=f"x{self.n}", range=[0, 1.06 * float(after.max())])
        return {f"xaxis{self.n}": x, f"yaxis{self.n}": y}


def distributions(snapshots: Sequence[Snapshot], number: int, measure: Measure, words: Words = MOVIES) -> go.Figure:
    """Histograms of the biases or of the norms of the factors, for movies above and users below, with the first
    snapshot as an outline. A model without biases has norms alone.

    Args:
        snapshots: of one run, in order.
        number: of the snapshot to show, from 0.
        measure: what is counted.
    """
    panels = _panels(snapshots, measure, words)
    epoch, first = snapshots[number].epoch, snapshots[0].epoch
    at_first = epoch_name(first)
    traces: list[Any] = [panel.bars(number) for panel in panels]
    traces += [panel.outline(at_first, panel is panels[0]) for panel in panels]
    axes = {name: value for panel in panels for name, value in panel.axes().items()}
    return go.Figure(
        traces,
        layout(
            f"{panels[0].what.capitalize()} {epoch_name(epoch)}",
            uirevision="distributions",
            height=300,
            bargap=0,
            **axes,
        ),
    )


def _panels(snapshots: Sequence[Snapshot], measure: Measure, words: Words) -> list[_Panel]:
    """Movies above users."""
    has_biases = snapshots[0].item_bias is not None
    field = measure if has_biases else "norm"
    title = words.told(f"bias ({snapshots[0].bias_unit})") if field == "bias" else "norm (length) of the factors"
    values = [np.stack([getattr(snapshot, f"{name}_{field}") for snapshot in snapshots]) for _, name, *_ in _ROWS]
    edges = _edges(np.concatenate(values, axis=1), signed=field == "bias")
    return [
        _Panel(
            n,
            words.told(noun),
            field,
            color,
            edges,
            _shares(of, edges),
            ([0.0, 1.0], up),
            title if noun == _ROWS[-1][0] else "",
        )
        for n, (noun, _, color, up), of in zip(("", "2"), _ROWS, values, strict=True)
    ]


def _edges(values: npt.NDArray[np.float32], signed: bool) -> npt.NDArray[np.float64]:
    """Edges of the bins over all values, from 0 for values that cannot be negative."""
    low, high = nice_range(values)
    return np.linspace(low if signed else 0, high, N_BINS + 1)


def _shares(values: npt.NDArray[np.float32], edges: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The percentage of each row's values in each bin; (n_snapshots, n) to (n_snapshots, N_BINS)."""
    n_rows, n = values.shape
    bins = np.clip(((values - edges[0]) / (edges[1] - edges[0])).astype(np.int64), 0, N_BINS - 1)
    counts = np.bincount((bins + N_BINS * np.arange(n_rows)[:, None]).ravel(), minlength=n_rows * N_BINS)
    shares: npt.NDArray[np.float64] = 100 * counts.reshape(n_rows, N_BINS) / n
    return shares
