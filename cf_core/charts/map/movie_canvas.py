"""What flat maps of movies and maps in space share: hover text, titles, rings around found movies, neighbour lines."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.label_places import Corners, clear_labels
from cf_core.charts.style import PINK, escape_html, short_title
from cf_core.data.filters import has_genres
from cf_core.words import MOVIES, Words

PLOT = (560.0, 420.0)
"""The usual size of a flat map's area in pixels, to which titles are fitted."""

N_LABELS = 25
"""Titles on a flat map where none was asked for."""


@dataclass(frozen=True)
class MovieCanvas:
    """The movies of a map and where they lie.

    Attributes:
        movies: one row per movie; see `movie_map`.
        xyz: shape (n_movies, 2) or (n_movies, 3).
        axis_names: one per coordinate.
        opacity: of the points; less where titles are written among them.
        sized: whether points are larger the more ratings a movie has.
        words: what the movies and their ratings are called.
    """

    movies: pd.DataFrame
    xyz: NDArray[np.float32]
    axis_names: tuple[str, ...]
    opacity: float
    sized: bool = False
    words: Words = MOVIES

    @property
    def is_flat(self) -> bool:
        return len(self.axis_names) == 2

    def titles(self, labelled: list[int], found: list[int], near: list[int], view: Corners | None) -> Any | None:
        """Short titles beside their points: of all `found` movies, longer, and of those `near` them; then of as many
        `labelled` ones as fit into the `view` of a flat map without overlap. None where there are none."""
        first = list(dict.fromkeys([*found, *near]))
        rows = list(dict.fromkeys([*first, *labelled]))
        titles = self.movies["title"].tolist()
        text = [short_title(titles[row], 22) for row in rows]
        text[: len(found)] = [f"\u2002{short_title(titles[row], 40)}\u2002" for row in found]  # clear of the ring
        if self.is_flat:
            places = clear_labels(self.xyz, rows, text, N_LABELS, len(first), view, PLOT)
        else:
            places = dict.fromkeys(range(len(rows)), "top center")
        if not places:
            return None
        kept = list(places)
        return self._scatter(
            uid="titles",
            name="titles",
            mode="text",
            text=[text[i] for i in kept],
            ids=[str(rows[i]) for i in kept],
            textposition=list(places.values()),
            textfont={"size": 12, "shadow": "auto"} if self.is_flat else {"size": 12},
            hoverinfo="skip",
            showlegend=False,
            **self.at(np.array([rows[i] for i in kept])),
        )

    def rings(self, found: list[int]) -> Any | None:
        """An open ring around each found movie, None where there are none. On a flat map the point below has the
        tooltip."""
        if not found:
            return None
        size, width = (16, 3) if self.is_flat else (12, 4)
        marker = {"symbol": "circle-open", "size": size, "color": PINK, "line": {"width": width, "color": PINK}}
        rows = np.array(found)
        hover = {"hoverinfo": "skip"} if self.is_flat else {"hovertemplate": self.hover_template()}
        style = {"mode": "markers", "marker": marker, "showlegend": False, "customdata": self.hover_data(rows)}
        return self._scatter(uid="found", name="found", **style, **hover, **self.at(rows))

    def neighbour_lines(self, found: list[int], near: NDArray[np.int64]) -> Any | None:
        """Lines from each found movie to those that are `near` it, shape (n_movies, k); None where there are none."""
        pairs = [(row, int(other)) for row in found for other in near[row]]
        if not pairs:
            return None
        ends = self.xyz[np.array(pairs)]
        lines = np.concatenate([ends, np.full_like(ends[:, :1], np.nan)], axis=1).reshape(-1, self.xyz.shape[1])
        at = {name: lines[:, i] for i, name in enumerate("xyz"[: self.xyz.shape[1]])}
        style = {"mode": "lines", "line": {"color": PINK, "width": 1.5 if self.is_flat else 3}, "hoverinfo": "skip"}
        return self._scatter(uid="nearest", name="to the nearest", showlegend=False, **style, **at)

    def at(self, rows: NDArray[np.int64]) -> dict[str, Any]:
        """The coordinates of some movies, as Plotly takes them."""
        return {name: self.xyz[rows, i] for i, name in enumerate("xyz"[: self.xyz.shape[1]])}

    def hover_data(self, rows: NDArray[np.int64]) -> list[list[Any]]:
        """What `hover_template` shows of some movies; last, their rows."""
        part = self.movies.iloc[rows]
        columns: list[list[Any]] = [
            part["title"].map(escape_html).tolist(),
            [escape_html(line) for line in self.details(rows)],
            part["n_ratings"].tolist(),
            part["mean_rating"].round(2).tolist(),
        ]
        if "bias" in part:
            columns.append(part["bias"].astype(float).round(3).tolist())
        columns.append(rows.tolist())
        return [list(row) for row in zip(*columns, strict=True)]

    def details(self, rows: NDArray[np.int64]) -> list[str]:
        """A line about each of some movies: its year and its genres, less what is known of no movie on the map."""
        part, columns = self.movies.iloc[rows], []
        if self.movies["year"].notna().any():
            columns.append(part["year"].astype("Int64").astype("string").fillna("no year").tolist())
        if has_genres(self.movies):
            columns.append(part["genres"].str.replace("|", ", ").tolist())
        return [" · ".join(known) for known in zip(*columns, strict=True)] if columns else [""] * len(part)

    def hover_template(self) -> str:
        bias = "bias %{customdata[4]:+.2f}<br>" if "bias" in self.movies else ""
        axes = zip("xyz", self.axis_names, strict=False)
        where = "<br>".join(f"{escape_html(text)} %{{{name}:.3f}}" for name, text in axes)
        ratings = f"%{{customdata[2]:,}} ratings, mean %{{customdata[3]:.2f}} {self.words.unit}<br>"
        return f"<b>%{{customdata[0]}}</b><br>%{{customdata[1]}}<br>{ratings}{bias}{where}<extra></extra>"

    def diameters(self) -> NDArray[np.uint8]:
        """Of the points, in pixels: smaller where there are many. If `sized`, the area grows with the number of
        ratings."""
        n_ratings = self.movies["n_ratings"].to_numpy(dtype=np.float64)
        n = len(n_ratings)
        usual = 6 if n <= 5_000 else 4 if n <= 20_000 else 3
        if not self.sized or not n:
            return np.full(n, usual, dtype=np.uint8)
        grown = 2 + 3 * (usual - 1) * np.sqrt(n_ratings / n_ratings.max())
        whole: NDArray[np.uint8] = grown.round().astype(np.uint8)
        return whole

    def _scatter(self, **trace: Any) -> Any:
        return (go.Scatter if self.is_flat else go.Scatter3d)(**trace)
