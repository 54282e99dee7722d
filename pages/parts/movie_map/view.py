"""What the map shows, and the names of its axes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.insight.projection import Over, Projection
from cf_core.programs.jobs import Job
from pages.parts.movie_map.methods import Method

LESSON, STANDARD, OWN_AXIS = "PCA (lesson)", "PCA (standard)", "Own axis"
"""Views; those by a layout are called by its method."""


@dataclass(frozen=True)
class View:
    """What the map shows.

    Attributes:
        projection: the movies and all components.
        over: what the components are over.
        axes: the components that are shown, None for an axis that is none.
        coordinates: shape (n_movies, 2 or 3), one column per axis.
        names: of the axes.
        method: the layout's, on whose axes no direction means anything; None for components and axes of one's own.
        layout: one that is still under way, while the map shows where the movies were before.
    """

    projection: Projection
    over: Over
    axes: tuple[int | None, ...]
    coordinates: NDArray[np.float64]
    names: tuple[str, ...]
    method: Method | None = None
    layout: Job | None = None

    @property
    def directions(self) -> tuple[tuple[str, str], ...]:
        """Of each axis, where its low and its high end are."""
        flat: tuple[tuple[str, str], ...] = (("left", "right"), ("bottom", "top"))
        return flat if len(self.names) == 2 else (("low end", "high end"),) * 3


def axis_key(over: Over, component: int) -> str:
    """Under this key a run keeps the name of a component."""
    return f"{over}:{component + 1}"


def component_name(projection: Projection, over: Over, component: int, given: dict[str, str]) -> str:
    """A component's number, its share of the variance of the factors, and what its owner calls it."""
    name = given.get(axis_key(over, component), "")
    share = f"Component {component + 1} ({projection.explained_variance_ratio[component]:.1%})"
    return f"{share}: {name}" if name else share
