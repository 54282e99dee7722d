"""The view of who rises and who falls from the rank by mean to the rank by bias."""

from typing import Literal, get_args

import pandas as pd
import streamlit as st

from cf_core.charts.ranks.slope import MOST, slope_chart
from cf_core.insight.ranks import CAUSES, causes, movers, ranked
from cf_core.words import Words
from pages.parts.best_and_worst.keys import Key
from pages.parts.best_and_worst.open_card import open_card
from pages.parts.best_and_worst.tables import columns_of, show_movies
from pages.shared.choice import choice
from pages.shared.plot import plot

Lines = Literal["most rated", "largest moves"]


def show_moves(table: pd.DataFrame, unit: str, words: Words) -> None:
    """The slope chart, the reasons, and all movies of `table`."""
    with st.sidebar:
        help_text = f"The most rated {words.items}, ranked among themselves, or those of all that move furthest."
        lines: Lines = choice("Lines", get_args(Lines), key=Key.LINES, help=help_text, in_address=True)
        n = st.slider("Lines drawn", 4, MOST, 20, 2, key=Key.N_LINES, bind="query-params")
    if lines == "most rated":
        _show_slopes(ranked(table.head(n)), min(n, len(table)), words)
    else:
        _show_slopes(movers(table, n // 2), len(table), words)
    _explain_moves(table, words)
    columns = ("title", "rise", "mean_rank", "bias_rank", "mean_rating", "bias", "rater_mean", *CAUSES, "n_ratings")
    by_rise = table.sort_values("rise", ascending=False, kind="stable")
    show_movies(by_rise, "table_moves", "by-mean-and-by-bias", columns_of(unit, words, *columns))


def _show_slopes(shown: pd.DataFrame, n_ranked: int, words: Words) -> None:
    """A line per movie; the ranks go from 1 to `n_ranked`."""
    if shown.empty:
        st.info(f"None of these {words.items} changes its rank.")
        return
    n_rising = int((shown["rise"] > 0).sum())
    n_falling = int((shown["rise"] < 0).sum())
    alt = f"{words.count(len(shown))} from their rank by mean to that by bias; {n_rising} rise and {n_falling} fall."
    figure = slope_chart(shown, n_ranked, words)
    plot(figure, key="slopes", alt=alt, on_click=lambda click: open_card(click.customdata[0]))


def _explain_moves(table: pd.DataFrame, words: Words) -> None:
    """The reasons, and how much each has to do with it among them."""
    why = (
        f"The mean of {words.an_item} consists of its bias, the **kindness** of its raters, how well it met their "
        "**taste**, and a **residual** that the model leaves unexplained, largest where few ratings let weight decay "
        f"keep the bias near zero (shrinkage). The rank by bias looks at the bias alone: {words.an_item} rated by "
        "kind fans falls, one rated by harsh strangers rises."
    )
    found = ", ".join(f"{CAUSES[name]} {value:+.2f}" for name, value in causes(table).items())
    what = "Lines: from the rank by mean to the rank by bias. "
    if found:
        what = f"Rank correlation with the places gained, over these {words.count(len(table))}: {found}."
    st.markdown(what, help=why)
