"""What the page Movie map keeps in the session; the view and the number of movies in the address, too."""

from enum import StrEnum
from typing import Literal


class Key(StrEnum):
    POPULAR = "map_popular"
    VIEW = "map_view"

    # Axes
    DIMENSIONS = "map_dimensions"
    AXIS = "map_axis"  # with the number of the axis
    FROM = "map_axis_from"
    TO = "map_axis_to"
    UP = "map_axis_up"

    # Layouts
    PERPLEXITY = "map_perplexity"
    N_NEIGHBORS = "map_n_neighbors"
    MIN_DIST = "map_min_dist"
    TSNE_SEED = "map_tsne_seed"
    UMAP_SEED = "map_umap_seed"

    # Looks: FOUND has rows of the map, TITLES_SEED the seed of the random titles
    FOUND = "map_found"
    TITLES = "map_titles"
    TITLES_SEED = "map_titles_seed"
    COLOUR = "map_colour"
    CLUSTERS = "map_clusters"
    SIZED = "map_sized"
    LINES = "map_lines"

    # Below the map: SELECTED has raw ids
    SECTION = "map_section"
    SELECTED = "map_selected"
    OTHER_RUN = "map_other_run"


Section = Literal["Axes", "Selected movies", "Neighbours", "Other runs", "Table"]
SELECTED_MOVIES: Section = "Selected movies"
