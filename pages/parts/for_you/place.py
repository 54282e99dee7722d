"""The map: the person among the movies, and where each rating moved them."""

import streamlit as st

from cf_core.charts.map.person_on_map import person_on_map
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError, VanishedFactorsError
from cf_core.insight.fold_in import predict_all
from cf_core.insight.recommendations import path
from cf_core.runs.run_views import RunView
from pages.parts.for_you import cached
from pages.shared.messages import escape_markdown, for_visitors
from pages.shared.metrics import counted
from pages.shared.people import Person, item_side
from pages.shared.plot import plot

HOW = (
    "The two directions in which the factors of the most rated {items} differ most (principal components over the "
    "{items}). A person without ratings is in the middle; seen from there, {items} that lie in the person's direction "
    "are those that their factors lift most, and the further out, the more. The line leads through one fold-in per "
    "rating. People's factors are scaled so that the users of the data are as far out as the {items}."
)
MOST_STEPS = 60
"""A longer way has one place for every few ratings."""


def show_place(run_view: RunView, ratings: Ratings, person: Person) -> None:
    """The map, in the colours of what is predicted for the person."""
    side, words = item_side(run_view, ratings), ratings.words
    try:
        on_map = cached.taste_map(run_view, ratings)
    except (ConfigError, VanishedFactorsError) as error:
        st.info(for_visitors(words.told(str(error))), icon=":material/info:")
        return
    after = f"**{escape_markdown(person.name)}** after {counted(len(person.rated), 'rating')}"
    st.markdown(
        f"{after}, among the {len(on_map.items):,} most rated {words.items}", help=HOW.format(items=words.items)
    )
    rated, stars = person.rated[-MOST_STEPS:], person.stars[-MOST_STEPS:]
    way = on_map.place(path(side, rated, stars, person.weight_decay)[0])
    titles = ratings.item_table["title"].iloc[rated].tolist()
    steps = [f"{words.value(given)} for {title}" for given, title in zip(stars, titles, strict=True)]
    predicted = predict_all(side, person.user)[on_map.items]
    figure = person_on_map(
        on_map.projection.movies,
        on_map.coordinates,
        predicted,
        way,
        steps,
        person.name,
        on_map.projection.explained_variance_ratio.tolist(),
        words,
    )
    x, y = way[-1]
    alt = f"{person.name} at {x:+.2f} and {y:+.2f} among {words.count(len(on_map.items))}, after {len(steps)} ratings."
    plot(figure, key="for_you_map", alt=alt)
