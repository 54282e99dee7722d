"""A person among the movies: what is predicted for them as colour, and the way that each rating moved them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.label_places import clear_labels
from cf_core.charts.style import DIVERGING, GREY, PINK, axis, colorscale, escape_html, layout, short_title
from cf_core.words import MOVIES, Words

HEIGHT = 490
N_LABELS = 18
PLOT = (480.0, 400.0)
"""The area of the plot in pixels, about, to which titles are fitted."""


def person_on_map(
    movies: pd.DataFrame,
    coordinates: NDArray[np.floating[Any]],
    predicted: NDArray[np.floating[Any]],
    way: NDArray[np.floating[Any]],
    steps: Sequence[str],
    who: str,
    explained: Sequence[float],
    words: Words = MOVIES,
) -> go.Figure:
    """All movies as points, and a person's way among them from the middle, where a person without ratings is.

    Args:
        movies: one row per movie, the most rated first: title, n_ratings.
        coordinates: shape (n_movies, 2), rows as in `movies`.
        predicted: (n_movies,) stars for that person.
        way: (n_steps + 1, 2), where the person was at first and after each rating.
        steps: (n_steps,) what each rating was, as "4 stars for Alien (1979)".
        who: the person, as on the screen.
        explained: the share of the variance of the movies' factors that each axis has, 0 to 1.
    """
    xy, walked = np.asarray(coordinates, dtype=np.float32), np.asarray(way, dtype=np.float32)
    titles = movies["title"].tolist()
    traces = [_points(xy, titles, predicted, words), _titles(xy, titles), *_way(walked, steps, who)]
    names = [f"taste {i + 1} ({share:.0%} of the differences)" for i, share in enumerate(explained)]
    spans = [_span(np.concatenate([xy[:, i], walked[:, i]])) for i in range(2)]
    look: dict[str, Any] = {
        "showgrid": False,
        "showticklabels": False,
        "zeroline": True,
        "zerolinecolor": GREY,
        "zerolinewidth": 1,
    }
    across, up = (axis(name, range=span, **look) for name, span in zip(names, spans, strict=True))
    margin = {"l": 8, "r": 12, "t": 8, "b": 4}
    return go.Figure(traces, layout("", height=HEIGHT, showlegend=False, margin=margin, xaxis=across, yaxis=up))


def _points(
    xy: NDArray[np.float32], titles: list[str], predicted: NDArray[np.floating[Any]], words: Words
) -> go.Scatter:
    bar = {
        "title": {"text": f"predicted {words.unit}", "side": "right"},
        "thickness": 10,
        "outlinewidth": 0,
        "len": 0.7,
    }
    return go.Scatter(
        uid="movies",
        name=words.items,
        mode="markers",
        x=xy[:, 0].tolist(),
        y=xy[:, 1].tolist(),
        marker={
            "size": 7,
            "opacity": 0.8,
            "color": np.round(predicted, 3).tolist(),
            "colorscale": colorscale(DIVERGING),
            "colorbar": bar,
        },
        customdata=[escape_html(title) for title in titles],
        hovertemplate=f"<b>%{{customdata}}</b><br>predicted %{{marker.color:.2f}} {words.unit}<extra></extra>",
    )


def _titles(xy: NDArray[np.float32], titles: list[str]) -> go.Scatter:
    """Titles of the most rated movies, as far as they do not overlap."""
    rows = list(range(min(len(titles), 60)))
    text = [short_title(titles[row], 24) for row in rows]
    places = clear_labels(xy, rows, text, N_LABELS, 0, None, PLOT)
    kept = list(places)
    return go.Scatter(
        uid="titles",
        mode="text",
        x=[float(xy[rows[i], 0]) for i in kept],
        y=[float(xy[rows[i], 1]) for i in kept],
        text=[text[i] for i in kept],
        textposition=list(places.values()),
        textfont={"size": 11, "shadow": "auto"},
        hoverinfo="skip",
    )


def _way(way: NDArray[np.float32], steps: Sequence[str], who: str) -> list[go.Scatter]:
    """The line from the middle, a dot for each rating, and the person at its end."""
    x, y = way[:, 0].tolist(), way[:, 1].tolist()
    said = [f"after {i + 1}: {escape_html(step)}" for i, step in enumerate(steps)]
    line = go.Scatter(
        uid="way",
        name="the way",
        mode="lines+markers",
        x=x,
        y=y,
        line={"color": PINK, "width": 2},
        marker={"size": [6] * len(x), "color": [GREY, *[PINK] * (len(x) - 1)]},
        customdata=["without a rating", *said],
        hovertemplate="%{customdata}<extra></extra>",
    )
    here = go.Scatter(
        uid="here",
        name="here",
        mode="markers+text",
        x=x[-1:],
        y=y[-1:],
        marker={"size": 18, "color": PINK, "symbol": "star", "line": {"width": 1, "color": "#ffffff"}},
        text=[f"<b>{escape_html(who)}</b>"],
        textposition="top center",
        textfont={"size": 14, "shadow": "auto"},
        customdata=[said[-1] if said else "without a rating"],
        hovertemplate=f"{escape_html(who)}, %{{customdata}}<extra></extra>",
    )
    return [line, here]


def _span(values: NDArray[np.float32]) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = 0.06 * ((high - low) or 1.0)
    return [low - room, high + room]
