"""Best and worst movies by bias, side by side."""

import streamlit as st

from cf_core.charts.leaderboard import leaderboard_bars
from cf_core.errors import MissingPartError
from cf_core.insight.leaderboard import Order, leaderboard
from pages.shared import session
from pages.shared.frame import heading
from pages.shared.plot import plot
from pages.shared.widgets import choose_popular, need_factors, offer_training
from pages.shared.words import plain

ORDERS: tuple[Order, Order] = ("best", "worst")

heading(
    "Best & worst movies",
    "A movie's bias is what is left of its rating after the taste of its raters and their kindness are taken out. That "
    "makes it a fairer ranking than the plain mean, which a few friendly raters can lift.",
    "lower the second slider to the few hundred most rated, then compare a bar with the plain mean in its hover text.",
)
ratings = session.ratings()
factors = need_factors(ratings)

left, right = st.columns(2)
top = left.slider("Movies shown", 5, 50, 15, key="top", bind="query-params", help="How many at either end.")
with right:
    popular = choose_popular(ratings, "Among the most rated", "popular")
try:
    tables = [leaderboard(factors, ratings, order, top, popular) for order in ORDERS]
except MissingPartError as error:
    st.info(plain(str(error)), icon=":material/info:")
    offer_training("notebook-learner")
    st.stop()
for column, order, table in zip(st.columns(2), ORDERS, tables, strict=True):
    first = table.iloc[0]
    alt = f"The {len(table)} {order} movies by bias; first is {first['title']} with {first['bias']:+.2f}."
    with column:
        plot(leaderboard_bars(table, order, factors.bias_unit), key=order, alt=alt)
        with st.expander("As a table"):
            st.dataframe(table, hide_index=True)
