"""How well rankers predict against how well they rank."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import plotly.graph_objects as go

from cf_core.charts.label_places import label_places
from cf_core.charts.style import BLUE, GREY, ORANGE, axis, escape_html, layout
from cf_core.evaluation.summary import RankerSummary
from cf_core.insight.rating_steps import round_step
from cf_core.words import MOVIES, Words

Measure = Literal["ndcg", "recall", "coverage", "popularity"]

FAR = 1.35
"""An RMSE of so many times the lowest is off the axis, or the others would lie on top of each other."""

STRIP, AT, ROOM = 0.4, 0.9, 0.3
"""Width of the strip for those that predict no stars, where on it they stand, from the axis outwards, and the room for
names beside the others: in parts of the span of RMSEs."""

LEAST_SPAN = 0.06
"""Between the lowest and the highest RMSE at least, relative to the lowest where that is over 1, so that a few runs
alike stay together."""

MOST_TICKS = 4

WEIGHT = 5
"""How many times each point counts where labels look for room: they are few, and no label should cover one."""

LONGEST = 26
"""Characters of a label."""

PLOT = (430.0, 360.0)
"""About the size of the plot without its margins, in pixels."""


class _Up(NamedTuple):
    """The vertical axis."""

    title: str
    ticks: str


class _Across(NamedTuple):
    """The horizontal axis: RMSEs from `low` to `high`, and left of them the strip."""

    low: float
    high: float

    @classmethod
    def of(cls, rankers: Sequence[RankerSummary]) -> "_Across":
        known = [ranker.rmse for ranker in rankers if ranker.rmse is not None] or [1.0]
        low, high = min(known), min(max(known), FAR * min(known))
        return cls(low, max(high, low + LEAST_SPAN * max(low, 1.0)))

    @property
    def span(self) -> float:
        return self.high - self.low

    @property
    def border(self) -> float:
        """Between the strip and the RMSEs."""
        return self.low - ROOM / 2 * self.span

    def place(self, rmse: float | None) -> float:
        if rmse is None:
            return self.border - AT * STRIP * self.span
        return min(rmse, self.high)

    def look(self, unit: str, has_strip: bool) -> dict[str, Any]:
        step = round_step(self.span, MOST_TICKS)
        ticks = np.arange(np.ceil((self.border + 0.1 * self.span) / step), np.floor(self.high / step) + 1) * step
        labels = [f"{tick:.2f}" if step < 1 else f"{tick:g}" for tick in ticks]
        left = self.border
        if has_strip:
            ticks = np.append(self.border - STRIP * self.span / 2, ticks)
            labels, left = [f"no {unit}", *labels], self.border - STRIP * self.span
        return {"tickvals": ticks.round(4).tolist(), "ticktext": labels, "range": [left, self.high + ROOM * self.span]}


def rating_against_ranking(
    runs: Sequence[RankerSummary],
    baselines: Sequence[RankerSummary],
    titles: Mapping[str, str],
    measure: Measure,
    k: int,
    selected: str,
    words: Words = MOVIES,
) -> go.Figure:
    """Each ranker as a point: RMSE across, a measure of its ranking up, with one standard error where it is known.
    Those that predict no stars stand on a strip at the left, those of an RMSE far off as arrows at the right. A dotted
    line goes through most popular. A point that is clicked has the ranker's name as the last of its `customdata`.

    Args:
        titles: what each ranker is called, by its name.
        selected: name of the one that stands out.
    """
    rankers, across, up = [*baselines, *runs], _Across.of([*baselines, *runs]), _up(measure, k, words)
    popular = next((getattr(one, measure) for one in baselines if one.name == "popular"), None)
    has_strip = any(ranker.rmse is None for ranker in rankers)
    return go.Figure(
        _points(rankers, {run.name for run in runs}, titles, measure, across, selected, words),
        layout(
            "Who predicts well, and who ranks well",
            subtitle="left: predicts better; up: ranks better" if measure in ("ndcg", "recall") else "",
            uirevision=f"{measure} {k} {across}",
            height=440,
            showlegend=False,
            xaxis=axis(
                f"RMSE ({words.unit}, lower is better)",
                showgrid=False,
                tickangle=0,
                **across.look(words.unit, has_strip),
            ),
            yaxis=axis(up.title, rangemode="tozero", tickformat=up.ticks),
            shapes=[
                *([_line(x0=across.border, x1=across.border, yref="paper", y0=0, y1=1)] if has_strip else []),
                *([] if popular is None else [_line("dot", xref="paper", x0=0, x1=1, y0=popular, y1=popular)]),
            ],
        ),
    )


def _points(
    rankers: Sequence[RankerSummary],
    runs: set[str],
    titles: Mapping[str, str],
    measure: Measure,
    across: _Across,
    selected: str,
    words: Words,
) -> go.Scatter:
    x = [round(across.place(ranker.rmse), 4) for ranker in rankers]
    y = [round(float(getattr(ranker, measure)), 5) for ranker in rankers]
    labels = [_shortened(titles[ranker.name]) for ranker in rankers]
    low, high = across.look(words.unit, has_strip=True)["range"]
    corners = np.array([low, 0.0]), np.array([high, max([*y, 1e-9])])
    order = sorted(range(len(rankers)), key=lambda number: rankers[number].name != selected)
    error = [getattr(ranker, f"{measure}_error", None) for ranker in rankers]
    reach = np.nan_to_num(np.array(error, dtype=float))
    ends = [np.column_stack([x, y + sign * reach]) for sign in (-1, 1)]
    points = np.repeat(np.vstack([np.column_stack([x, y]), *ends]), WEIGHT, axis=0)
    rows = [WEIGHT * number for number in order]
    places = label_places(points, rows, [labels[number] for number in order], corners, PLOT)
    on_strip = [rankers[number].rmse is None for number in order]
    places = ["top right" if one else place for one, place in zip(on_strip, places, strict=True)]
    is_far = [ranker.rmse is not None and ranker.rmse > across.high for ranker in rankers]
    return go.Scatter(
        name="rankers",
        mode="markers+text",
        meta={"not_in_table": ["x"]},  # on the strip and far off it is no RMSE; the hover has that
        x=[x[number] for number in order],
        y=[y[number] for number in order],
        text=[labels[number] for number in order],
        textposition=places,
        error_y=None if None in error else _whiskers([error[number] for number in order]),
        customdata=[_hover_data(rankers[number], titles, words) for number in order],
        hovertemplate="<b>%{customdata[0]}</b><br>RMSE %{customdata[1]}<br>NDCG %{customdata[2]:.3f}, "
        "recall %{customdata[3]:.3f}<br>coverage %{customdata[4]:.1%}<br>%{customdata[5]:,.0f} training ratings of "
        f"{words.an_item} that it shows<extra></extra>",
        marker={
            "size": [14 if rankers[number].name == selected else 10 for number in order],
            "symbol": [
                "triangle-right" if is_far[number] else "circle" if rankers[number].name in runs else "diamond"
                for number in order
            ],
            "color": [_color(rankers[number].name, runs, selected) for number in order],
            "line": {"width": 0},
            "opacity": 1,
        },
    )


def _color(name: str, runs: set[str], selected: str) -> str:
    return ORANGE if name == selected else BLUE if name in runs else GREY


def _whiskers(error: Sequence[float | None]) -> dict[str, Any]:
    return {"array": error, "thickness": 1.5, "width": 4, "color": GREY}


def _hover_data(ranker: RankerSummary, titles: Mapping[str, str], words: Words) -> tuple[Any, ...]:
    """Title, RMSE in words, NDCG, recall, coverage, popularity, name."""
    rmse = f"none: it predicts no {words.unit}" if ranker.rmse is None else f"{ranker.rmse:.3f} {words.unit}"
    figures = ranker.ndcg, ranker.recall, ranker.coverage, ranker.popularity
    return escape_html(titles[ranker.name]), rmse, *(round(figure, 4) for figure in figures), ranker.name


def _up(measure: Measure, k: int, words: Words) -> _Up:
    return {
        "ndcg": _Up(f"NDCG@{k} (higher is better)", ".2f"),
        "recall": _Up(f"recall@{k} (share of the liked {words.items} found)", ".2f"),
        "coverage": _Up(f"coverage (share of the {words.items} in any top {k})", ".0%"),
        "popularity": _Up(f"training ratings of {words.an_item} in the top {k} (mean)", ",.0f"),
    }[measure]


def _shortened(title: str) -> str:
    return escape_html(title if len(title) <= LONGEST else title[: LONGEST - 1].rstrip() + "…")


def _line(dash: str = "solid", **ends: Any) -> dict[str, Any]:
    return {"type": "line", "layer": "below", "line": {"color": GREY, "width": 1, "dash": dash}, **ends}
