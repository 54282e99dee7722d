"""What the page Movie map keeps in the session; what is chosen and how it is shown in the address, too."""

from enum import StrEnum
from typing import Literal


class Key(StrEnum):
    POPULAR = "map_popular"
    VIEW = "map_view"

    # Axes
    DIMENSIONS = "map_dimensions"
    AXIS = "map_axis"  # with the number of the axis, the run and the kind of its components
    FROM = "map_axis_from"
    TO = "map_axis_to"
    UP = "map_axis_up"

    # Layouts: STOPPED has what was stopped, REQUESTED what was requested last, SETTLED the last map that stood still
    PERPLEXITY = "map_perplexity"
    N_NEIGHBORS = "map_n_neighbors"
    MIN_DIST = "map_min_dist"
    TSNE_SEED = "map_tsne_seed"
    UMAP_SEED = "map_umap_seed"
    REQUESTED = "map_requested"
    STOPPED = "map_stopped"
    SETTLED = "map_settled"

    # Looks: FOUND has raw ids, TITLES_SEED the seed of the random titles; N_WHOLE counts how often the whole map was
    # asked for, WHOLE is that number, but 0 while found movies are in view
    FOUND = "map_found"
    TITLES = "map_titles"
    TITLES_SEED = "map_titles_seed"
    COLOUR = "map_colour"
    CLUSTERS = "map_clusters"
    SIZED = "map_sized"
    LINES = "map_lines"
    WHOLE = "map_whole"
    N_WHOLE = "map_n_whole"

    # Beside the map: SELECTED has raw ids
    SECTION = "map_section"
    SELECTED = "map_selected"
    OTHER_RUN = "map_other_run"


Section = Literal["Axes", "Chosen", "Nearest", "Other runs", "Table"]
"""What stands beside the map."""
