"""The length of movies' factors against their number of ratings, with the neighbours that each measure finds."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, GREEN, GREY, ORANGE, PINK, axis, escape_html, layout
from cf_core.words import MOVIES, Words

# Open shapes of three sizes, so that a movie that all three measures find shows all of them.
_MARKS = {
    "cosine": {"symbol": "circle-open", "size": 9, "color": BLUE},
    "dot": {"symbol": "square-open", "size": 13, "color": ORANGE},
    "distance": {"symbol": "diamond-open", "size": 18, "color": GREEN},
}
_HOVER = "<b>%{customdata}</b><br>%{x:,} ratings<br>length of its factors %{y:.2f}<extra></extra>"


def norm_cloud(movies: pd.DataFrame, row: int, near: Mapping[str, Sequence[int]], words: Words = MOVIES) -> go.Figure:
    """A point per movie: its number of ratings across (log scale), the length of its factors up.

    Args:
        movies: columns title, n_ratings, norm; see `cf_core.insight.similar.norms`.
        row: the movie whose neighbours are shown.
        near: measure ("cosine", "dot", "distance") to the rows of its neighbours.
    """

    def points(name: str, rows: Sequence[int], marker: dict[str, object], kind: type = go.Scatter) -> object:
        part = movies.iloc[list(rows)]
        return kind(
            uid=name,
            name=name,
            mode="markers",
            x=part["n_ratings"].tolist(),
            y=part["norm"].round(4).tolist(),
            customdata=part["title"].map(escape_html).tolist(),
            hovertemplate=_HOVER,
            marker=marker,
        )

    traces = [
        points(f"all {words.items}", range(len(movies)), {"size": 4, "color": GREY, "opacity": 0.35}, go.Scattergl)
    ]
    for name, rows in near.items():
        traces.append(points(f"by {name}", rows, {**_MARKS[name], "line": {"width": 2}}))
    traces.append(points(f"the {words.item}", [row], {"symbol": "star", "size": 15, "color": PINK}))
    return go.Figure(
        traces,
        layout(
            "What each measure favours",
            uirevision=str(len(movies)),
            xaxis=axis("number of ratings", type="log", dtick="D2"),
            yaxis=axis(f"length of the {words.item}'s factors, |q|", rangemode="tozero"),
        ),
    )
