"""The views of the page Data, one at a time. A chart that sets a filter shows what the other filters leave, so that its
own value stands among the rest; every other chart shows what all filters leave."""

from typing import Literal

import streamlit as st

from cf_core.charts.data.linked import activity_bars, genre_bars, share_curve, user_cloud, year_bars
from cf_core.charts.data.ratings import long_tail, rating_histogram
from cf_core.data import summary
from cf_core.data.filters import Filters
from cf_core.data.part import Part
from cf_core.data.ratings import Ratings
from pages.parts.data import cached
from pages.parts.data.filters import toggle
from pages.parts.data.keys import Key
from pages.shared.choice import choice
from pages.shared.plot import plot

HEIGHT = 452
"""Of the picture of a view, in pixels: it ends where a projector's screen does."""

TOP_SHARES = (1, 2, 5, 10, 20, 50)

Tail = Literal["movies", "users", "shares"]
TAILS: dict[Tail, str] = {"movies": "Movies", "users": "Users", "shares": "Shares"}


def overview(ratings: Ratings, part: Part, filters: Filters) -> None:
    """Ratings, years and genres, those that there are; a click on a bar of one filters the others."""
    with_genres = cached.has_genres(ratings)
    if not with_genres and cached.years_of(ratings) is None:
        by_stars(ratings, part, filters, HEIGHT)
        return
    left, right = st.columns(2, gap="small")
    with left:
        by_stars(ratings, part, filters)
        if with_genres:
            by_year(ratings, part, filters)
    with right:
        if with_genres:
            by_genre(ratings, part, filters)
        else:
            by_year(ratings, part, filters)


def by_stars(ratings: Ratings, part: Part, filters: Filters, height: int = (HEIGHT - 16) // 2) -> None:
    frame = summary.rating_histogram(_left_by_others(ratings, part, filters, "rating"))
    top = frame.iloc[int(frame["n_ratings"].argmax())]
    alt = f"Ratings by value; the most frequent is {ratings.words.value(top['rating'])}, {top['n_ratings']:,.0f} times."
    on_click = toggle(Key.STARS, lambda click: float(click.x))
    plot(
        rating_histogram(frame, filters.rating, ratings.words),
        key="histogram",
        alt=alt,
        on_click=on_click,
        height=height,
    )


def by_genre(ratings: Ratings, part: Part, filters: Filters) -> None:
    genres = summary.by_genre(_left_by_others(ratings, part, filters, "genre"))
    alt = f"Ratings by genre; {genres['genre'][0]} has the most, {genres['n_ratings'][0]:,}."
    on_click = toggle(Key.GENRE, lambda click: click.customdata[0])
    plot(genre_bars(genres, filters.genre, ratings.words), key="by_genre", alt=alt, on_click=on_click, height=HEIGHT)


def by_year(ratings: Ratings, part: Part, filters: Filters) -> None:
    years = summary.by_year(_left_by_others(ratings, part, filters, "years"))
    if years.empty:
        st.caption(ratings.words.told("None of these movies has a year in its title."))
        return
    alt = f"Ratings by the {ratings.words.item}'s year, from {years['year'].min()} to {years['year'].max()}."
    on_click = toggle(Key.YEARS, lambda click: (int(click.x), int(click.x)), cached.years_of(ratings))
    plot(
        year_bars(years, filters.years, ratings.words),
        key="by_year",
        alt=alt,
        on_click=on_click,
        height=(HEIGHT - 16) // 2,
    )


def over_time(part: Part) -> None:
    """Ratings by month."""
    months = cached.activity(part)
    if months.empty:
        st.caption("This data set has no timestamps, so there is no activity to show.")
        return
    top = months.iloc[int(months["n_ratings"].argmax())]
    alt = f"Ratings per month; the most, {top['n_ratings']:,}, in {top['month']:%B %Y}."
    plot(activity_bars(months), key="activity", alt=alt, height=HEIGHT)


def by_user(ratings: Ratings, part: Part, filters: Filters) -> None:
    """Each user's mean and spread; a click on a point filters by that user."""
    words = ratings.words
    left, right = st.columns([3, 1])
    users = cached.user_spread(_left_by_others(ratings, part, filters, "user_id"))
    low, high = users["mean_rating"].quantile([0.1, 0.9])
    alt = (
        f"Mean and spread of {len(users):,} users; four in five have a mean from {low:.2f} to {high:.2f} {words.unit}."
    )
    on_click = toggle(Key.RATER, lambda click: click.customdata[0])
    with left:
        plot(user_cloud(users, filters.user_id, words), key="cloud", alt=alt, on_click=on_click, height=HEIGHT)
    if filters.rating is not None:
        right.caption(
            "Only one rating value is selected, so every user's mean equals it. Clear that filter to see how users "
            "differ."
        )
        return
    right.caption(
        f"One user in ten gives less than {low:.2f} {words.unit} on average, one in ten more than {high:.2f}. A bias "
        f"per user, and one per {words.item}, takes that out before the factors have to explain anything."
    )
    right.caption("Click a point to filter by its user.")


def tails(ratings: Ratings, part: Part, filters: Filters) -> None:
    """The long tail, as counts by rank, where a click on a point filters by its movie or user, or as shares of all
    ratings."""
    words = ratings.words
    left, right = st.columns([3, 1])
    with right:
        view: Tail = choice(
            "The long tail of",
            list(TAILS),
            key=Key.TAIL,
            format_func=lambda tail: words.told(TAILS[tail]),
            in_address=True,
        )
    if view == "shares":
        with right:
            percent = st.select_slider(
                words.told("Top movies (%)"), TOP_SHARES, 10, key=Key.TOP_SHARE, format_func=str, bind="query-params"
            )
        movies, users = cached.long_tail(part, "item"), cached.long_tail(part, "user")
        n, share = summary.top_share(movies, percent)
        alt = f"The top {percent}% of {words.items}, {n:,} of {len(movies):,}, hold {share:.1%} of the ratings."
        right.caption(alt)
        with left:
            plot(share_curve(movies, users, percent, share, words), key="shares", alt=alt, height=HEIGHT)
        return
    right.caption(f"Click a point to filter by its {words.told(view[:-1])}; click it again to clear the filter.")
    with left:
        _tail(ratings, part, filters, "item" if view == "movies" else "user")


def _tail(ratings: Ratings, part: Part, filters: Filters, of: Literal["user", "item"]) -> None:
    words, noun = ratings.words, "movie" if of == "item" else "user"
    key, selected = (Key.RATED, filters.item_id) if of == "item" else (Key.RATER, filters.user_id)
    tail = cached.long_tail(_left_by_others(ratings, part, filters, f"{of}_id"), of)
    most, fewest = tail["n_ratings"].max(), tail["n_ratings"].min()
    alt = f"Ratings per {words.told(noun)}, by rank: from {most:,} down to {fewest:,}."
    on_click = toggle(key, lambda click: click.customdata[1])
    plot(
        long_tail(tail, of, selected=selected, words=words),
        key=f"tail_{noun}",
        alt=alt,
        on_click=on_click,
        height=HEIGHT,
    )


def _left_by_others(ratings: Ratings, part: Part, filters: Filters, name: str) -> Part:
    """What passes all filters but `name`; `part` is what passes all."""
    others = filters.without(name)
    left = part if others == filters else cached.filtered(ratings, others)
    assert left is not None  # the page ends earlier where no rating passes all filters
    return left
