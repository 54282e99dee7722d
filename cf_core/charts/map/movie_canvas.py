"""The points, titles and rings of a map of movies, flat or in space.

Nothing in here chooses which movies, or their colours.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.label_places import label_places
from cf_core.charts.style import PINK, axis, layout, plain, short_title


class MovieCanvas:
    """The points of one map: makes flat or 3-D traces of any of its rows. Points step back where titles are written."""

    def __init__(
        self,
        movies: pd.DataFrame,
        xyz: npt.NDArray[np.float32],
        axis_names: tuple[str, ...],
        opacity: float,
        sized: bool = False,
    ) -> None:
        self.movies, self.xyz, self.axis_names, self.opacity, self.sized = movies, xyz, axis_names, opacity, sized
        self.flat = xyz.shape[1] == 2

    def points(self, rows: npt.NDArray[np.int64], name: str, marker: dict[str, Any]) -> Any:
        """Markers with the full hover."""
        kind = go.Scattergl if self.flat else go.Scatter3d
        diameter: Any = 6 if self.flat else 3
        if self.sized:
            diameter = diameters(self.movies["n_ratings"].to_numpy(dtype=np.float64), True)[rows]
        size = {"size": diameter, "opacity": self.opacity, "line": {"width": 0}}
        return kind(
            uid=name,
            name=name,
            mode="markers",
            marker={**size, **marker},
            customdata=self._facts(rows),
            hovertemplate=self._hover(),
            **self._at(rows),
        )

    def labels(self, labelled: list[int], found: list[int]) -> Any | None:
        """Short titles beside their points; those of found movies are longer."""
        rows = [*found, *(row for row in labelled if row not in set(found))]
        if not rows:
            return None
        titles = self.movies["title"].tolist()
        text = [short_title(titles[row], 22) for row in rows]
        text[: len(found)] = [f"\u2002{short_title(titles[row], 40)}\u2002" for row in found]  # clear of the ring
        places = label_places(self.xyz, rows, text) if self.flat else "top center"
        kind = go.Scatter if self.flat else go.Scatter3d
        font = {"size": 12, "shadow": "auto"} if self.flat else {"size": 12}
        style = {"textposition": places, "textfont": font, "hoverinfo": "skip", "showlegend": False}
        return kind(uid="titles", name="titles", mode="text", text=text, **style, **self._at(np.array(rows)))

    def rings(self, found: list[int]) -> Any | None:
        """An open ring around each found movie, with its hover."""
        if not found:
            return None
        kind = go.Scatter if self.flat else go.Scatter3d
        size, width = (16, 3) if self.flat else (12, 4)
        marker = {"symbol": "circle-open", "size": size, "color": PINK, "line": {"width": width, "color": PINK}}
        rows = np.array(found)
        hover = {"customdata": self._facts(rows), "hovertemplate": self._hover()}
        return kind(
            uid="found", name="found", mode="markers", marker=marker, legendrank=1002, **hover, **self._at(rows)
        )

    def ties(self, found: list[int], near: npt.NDArray[np.int64]) -> Any | None:
        """Lines from each found movie to those that are `near` it, shape (n_movies, k)."""
        pairs = [(row, int(other)) for row in found for other in near[row]]
        if not pairs:
            return None
        kind = go.Scatter if self.flat else go.Scatter3d
        ends = self.xyz[np.array(pairs)]
        lines = np.concatenate([ends, np.full_like(ends[:, :1], np.nan)], axis=1).reshape(-1, self.xyz.shape[1])
        at = {name: lines[:, i] for i, name in enumerate("xyz"[: self.xyz.shape[1]])}
        style = {"mode": "lines", "line": {"color": PINK, "width": 1.5 if self.flat else 3}, "hoverinfo": "skip"}
        return kind(uid="nearest", name="to the nearest", legendrank=1003, **style, **at)

    def layout(self, by: str) -> go.Layout:
        """Axes with the given names, coloured by what `by` says; zoom is kept for as long as the names stay."""
        common: dict[str, Any] = {"uirevision": " ".join(self.axis_names), "showlegend": True, "height": 620}
        if self.flat:
            common |= {"xaxis": axis(self.axis_names[0]), "yaxis": axis(self.axis_names[1])}
        else:
            names = zip(("xaxis", "yaxis", "zaxis"), self.axis_names, strict=True)
            common["scene"] = {name: {"title": {"text": text}} for name, text in names}
            common["scene"] |= {
                "aspectmode": "cube",
                "camera": {"eye": {"x": 1.75, "y": 1.75, "z": 1}, "center": {"z": -0.12}},
            }
        return layout(f"{len(self.movies):,} movies by {by}", **common)

    def _at(self, rows: npt.NDArray[np.int64]) -> dict[str, Any]:
        return {name: self.xyz[rows, i] for i, name in enumerate("xyz"[: self.xyz.shape[1]])}

    def _facts(self, rows: npt.NDArray[np.int64]) -> list[list[Any]]:
        part = self.movies.iloc[rows]
        columns = [
            part["title"].map(plain).tolist(),
            ["no year" if pd.isna(year) else str(year) for year in part["year"]],
            part["genres"].str.replace("|", ", ").map(plain).tolist(),
            part["n_ratings"].tolist(),
            part["mean_rating"].round(2).tolist(),
        ]
        if "bias" in part:
            columns.append(part["bias"].astype(float).round(3).tolist())
        return [list(row) for row in zip(*columns, strict=True)]

    def _hover(self) -> str:
        bias = "bias %{customdata[5]:+.2f}<br>" if "bias" in self.movies else ""
        axes = zip("xyz", self.axis_names, strict=False)
        where = "<br>".join(f"{plain(text)} %{{{name}:.3f}}" for name, text in axes)
        head = "<b>%{customdata[0]}</b><br>%{customdata[1]} · %{customdata[2]}<br>"
        return f"{head}%{{customdata[3]:,}} ratings, mean %{{customdata[4]:.2f}} stars<br>{bias}{where}<extra></extra>"


def diameters(n_ratings: npt.NDArray[np.float64], sized: bool) -> npt.NDArray[np.uint8]:
    """Of the points, in pixels: smaller where there are many; `sized`, the area grows with the number of ratings."""
    n = len(n_ratings)
    usual = 6 if n <= 5_000 else 4 if n <= 20_000 else 3
    if not sized or not n:
        return np.full(n, usual, dtype=np.uint8)
    grown = 2 + 3 * (usual - 1) * np.sqrt(n_ratings / n_ratings.max())
    whole: npt.NDArray[np.uint8] = grown.round().astype(np.uint8)
    return whole
