"""The charts of the page Data that filter one another. A chart that sets a filter shows what the other filters leave,
so that its own value stands among the rest; every other chart shows what all filters leave."""

from typing import Literal, get_args

import streamlit as st

from cf_core.charts.data.linked import activity_bars, genre_bars, share_curve, user_cloud, year_bars
from cf_core.charts.data.ratings import long_tail, rating_histogram
from cf_core.data import summary
from cf_core.data.filters import Filters, filtered, years_of
from cf_core.data.ratings import Ratings
from pages.parts.data.filters import toggle
from pages.parts.data.keys import Key
from pages.shared.choice import choice
from pages.shared.metrics import in_stars
from pages.shared.plot import plot

TOP_SHARES = (1, 2, 5, 10, 20, 50)

Tail = Literal["shares", "movies", "users"]


def by_stars(ratings: Ratings, part: Ratings, filters: Filters) -> None:
    frame = summary.rating_histogram(_left_by_others(ratings, part, filters, "rating"))
    top = frame.iloc[int(frame["n_ratings"].argmax())]
    alt = f"Ratings by value; the most frequent is {in_stars(top['rating'])}, {top['n_ratings']:,.0f} times."
    on_click = toggle(Key.STARS, lambda click: float(click.x))
    plot(rating_histogram(frame, filters.rating), key="histogram", alt=alt, on_click=on_click)


def by_genre(ratings: Ratings, part: Ratings, filters: Filters) -> None:
    genres = summary.by_genre(_left_by_others(ratings, part, filters, "genre"))
    alt = f"Ratings by genre; {genres['genre'][0]} has the most, {genres['n_ratings'][0]:,}."
    on_click = toggle(Key.GENRE, lambda click: click.customdata[0])
    plot(genre_bars(genres, filters.genre), key="by_genre", alt=alt, on_click=on_click, height=696)


def by_year(ratings: Ratings, part: Ratings, filters: Filters) -> None:
    years = summary.by_year(_left_by_others(ratings, part, filters, "years"))
    if years.empty:
        st.caption("None of these movies has a year in its title.")
        return
    alt = f"Ratings by the movie's year, from {years['year'].min()} to {years['year'].max()}."
    on_click = toggle(Key.YEARS, lambda click: (int(click.x), int(click.x)), years_of(ratings))
    plot(year_bars(years, filters.years), key="by_year", alt=alt, on_click=on_click)


def by_month(part: Ratings) -> None:
    months = summary.activity(part)
    if months.empty:
        st.caption("This data set has no timestamps, so there is no activity to show.")
        return
    top = months.iloc[int(months["n_ratings"].argmax())]
    alt = f"Ratings per month; the most, {top['n_ratings']:,}, in {top['month']:%B %Y}."
    plot(activity_bars(months), key="activity", alt=alt)


def by_user(ratings: Ratings, part: Ratings, filters: Filters) -> None:
    users = summary.user_spread(_left_by_others(ratings, part, filters, "user_id"))
    low, high = users["mean_rating"].quantile([0.1, 0.9])
    alt = f"Mean and spread of {len(users):,} users; four in five have a mean from {low:.2f} to {high:.2f} stars."
    on_click = toggle(Key.RATER, lambda click: click.customdata[0])
    plot(user_cloud(users, filters.user_id), key="cloud", alt=alt, on_click=on_click, height=500)
    if filters.rating is not None:
        st.caption(
            "Only one rating value is selected, so every user's mean equals it. Clear that filter to see how users "
            "differ."
        )
        return
    st.caption(
        f"One user in ten gives less than {low:.2f} stars on average, one in ten more than {high:.2f}. A bias per "
        "user, and one per movie, takes that out before the factors have to explain anything."
    )


def tails(part: Ratings) -> None:
    """The long tail, as shares of all ratings or as counts by rank."""
    view: Tail = choice("The long tail", get_args(Tail), key=Key.TAIL, in_address=True)
    movies, users = summary.long_tail(part, "item"), summary.long_tail(part, "user")
    if view != "shares":
        noun, tail = ("movie", movies) if view == "movies" else ("user", users)
        alt = f"Ratings per {noun}, by rank: from {tail['n_ratings'].max():,} down to {tail['n_ratings'].min():,}."
        plot(long_tail(tail, "item" if noun == "movie" else "user"), key=f"tail_{noun}", alt=alt)
        return
    percent = st.select_slider(
        "Top movies (%)", TOP_SHARES, 10, key=Key.TOP_SHARE, format_func=str, bind="query-params"
    )
    n, share = summary.top_share(movies, percent)
    alt = f"The top {percent}% of movies, {n:,} of {len(movies):,}, hold {share:.1%} of the ratings."
    plot(share_curve(movies, users, percent, share), key="shares", alt=alt, height=380)
    st.caption(alt)


def _left_by_others(ratings: Ratings, part: Ratings, filters: Filters, name: str) -> Ratings:
    """What passes all filters but `name`; `part` is what passes all."""
    others = filters.without(name)
    left = part if others == filters else filtered(ratings, others)
    assert left is not None  # the page ends earlier where no rating passes all filters
    return left
