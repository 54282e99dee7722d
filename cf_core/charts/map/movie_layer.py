"""The points of a flat map of movies as a layer that the plot component draws, for maps of up to 90,000 movies.

Nothing in here chooses which movies, or their colours.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.map.movie_canvas import MovieCanvas, diameters
from cf_core.charts.map.points import Fact, Flight, Ink, PointLayer, Shape
from cf_core.charts.style import GREY, axis, ramp

N_STEPS = 64
"""Colours of a colour scale that can be told apart."""


class LayerCanvas(MovieCanvas):
    """As its base, with traces that are there for legend and colour bar alone, and all points in `layer`."""

    def __init__(
        self,
        movies: pd.DataFrame,
        xyz: npt.NDArray[np.float32],
        axis_names: tuple[str, ...],
        opacity: float,
        sized: bool = False,
    ) -> None:
        super().__init__(movies, xyz, axis_names, opacity, sized)
        self.inks: list[tuple[str, Shape, str]] = []  # colour, shape, name of the trace
        self.ink = np.zeros(len(movies), dtype=np.uint8)

    def points(self, rows: npt.NDArray[np.int64], name: str, marker: dict[str, Any]) -> Any:
        """The entry of the legend, or the colour bar; the points themselves go into the layer."""
        color: Any = marker.get("color", GREY)
        shape: Shape = marker.get("symbol", "circle")
        shown = {"size": 8, "opacity": 0.9, **marker}
        first = len(self.inks)
        if isinstance(color, str):
            self.inks.append((color, shape, name))
            self.ink[rows] = first
        else:
            low, high = (
                float(marker.get(side, end)) for side, end in (("cmin", np.min(color)), ("cmax", np.max(color)))
            )
            steps = np.clip((color - low) / ((high - low) or 1), 0, 1) * (N_STEPS - 1)
            self.ink[rows] = first + steps.round().astype(np.uint8)
            stops = tuple(stop for _, stop in marker["colorscale"])
            self.inks += [(step, shape, name) for step in ramp(stops, N_STEPS)]
            shown |= {"color": [low], "cmin": low, "cmax": high, "showscale": True}
        return go.Scatter(uid=name, name=name, mode="markers", x=[None], y=[None], marker=shown, hoverinfo="skip")

    def rings(self, found: list[int]) -> Any | None:
        """As its base, but for the hover, which the points have."""
        rings = super().rings(found)
        return rings and rings.update(hovertemplate=None, hoverinfo="skip")

    def layout(self, by: str) -> go.Layout:
        """As its base, with ranges that hold all points, to be moved by dragging."""
        (left, low), (right, high) = self.xyz.min(axis=0), self.xyz.max(axis=0)
        made = super().layout(by)
        for which, start, end in (("xaxis", left, right), ("yaxis", low, high)):
            room = 0.04 * (float(end - start) or 1)
            made[which] = axis(made[which].title.text, range=[float(start) - room, float(end) + room])
        return made.update(dragmode="pan")

    def layer(
        self,
        traces: Sequence[Any],
        found: Sequence[int],
        near: npt.NDArray[np.integer[Any]] | None,
        chosen: npt.NDArray[np.int64] | None,
    ) -> PointLayer:
        """All points of the map, whose traces have been made."""
        number = {trace.name: i for i, trace in enumerate(traces)}
        movies = self.movies
        year = movies["year"].astype("Int64").astype("string").fillna("no year")
        facts = [
            Fact(movies["n_ratings"].to_numpy(np.float64), after=" ratings"),
            Fact(movies["mean_rating"].to_numpy(np.float64), "mean ", " stars", decimals=2),
        ]
        if "bias" in movies:
            facts.append(Fact(movies["bias"].to_numpy(np.float64), "bias ", decimals=2, signed=True))
        return PointLayer(
            xy=self.xyz,
            inks=[Ink(color, shape, number[name]) for color, shape, name in self.inks],
            ink=self.ink,
            size=diameters(movies["n_ratings"].to_numpy(dtype=np.float64), self.sized),
            titles=movies["title"].tolist(),
            details=(year + " · " + movies["genres"].str.replace("|", ", ")).tolist(),
            facts=facts,
            opacity=self.opacity,
            near=near,
            chosen=chosen,
            fly=self._flight(list(found)),
        )

    def _flight(self, found: list[int]) -> Flight | None:
        """To the found movies, and no nearer than a sixth of the map."""
        if not found:
            return None
        ranges = []
        for values in self.xyz.T:
            at, least = values[found], float(np.ptp(values)) / 6 or 1.0
            width = max(1.3 * float(np.ptp(at)), least)
            middle = float(at.min() + at.max()) / 2
            ranges.append((middle - width / 2, middle + width / 2))
        return Flight(f"{sorted(found)} {self.axis_names}", *ranges)
