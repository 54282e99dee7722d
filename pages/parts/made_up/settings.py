"""The sliders of the page Made-up ratings: what is planted, and who rates what."""

from collections.abc import Sequence
from typing import get_args

import streamlit as st

from cf_core.data.made_up.options import OPTIONS, MadeUpOptions
from pages.parts.made_up.keys import Key
from pages.parts.made_up.runs import Pull
from pages.shared.choice import choice

DEFAULT = MadeUpOptions()
RATINGS = (2_000, 5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000)
USERS = (50, 100, 200, 400, 600, 1_000, 2_000, 4_000)
ITEMS = (50, 100, 200, 400, 600, 1_000, 2_000)
NOISES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5)
SCALES = {"½ to 5 by ½": (0.5, 5.0, 0.5), "1 to 5 by 1": (1.0, 5.0, 1.0), "½ to 5 by 0.1": (0.5, 5.0, 0.1)}
"""Lowest rating, highest, step."""

SLIDES = (
    "factor_decay",
    "liking",
    "popularity_skew",
    "activity_skew",
    "factor_spread",
    "user_spread",
    "item_spread",
)
"""Options with a slider of the same name."""


def choose_options() -> MadeUpOptions:
    """The most used first, the rest folded.

    Raises:
        ConfigError: the choices do not go together.
    """
    st.slider(
        "Planted factors",
        1,
        12,
        DEFAULT.n_factors,
        key=Key.FACTORS,
        bind="query-params",
        persist_state="session",
        help=OPTIONS["n_factors"].help,
    )
    _pick("Noise (stars)", NOISES, DEFAULT.noise, Key.NOISE, OPTIONS["noise"].help)
    _pick("Ratings", RATINGS, DEFAULT.n_ratings, "n_ratings", OPTIONS["n_ratings"].help)
    _slide("Next factor's strength", "factor_decay", 0.3, 1.0)
    with st.expander("Who rates what"):
        _pick("Users", USERS, DEFAULT.n_users, "n_users", OPTIONS["n_users"].help)
        _pick("Items", ITEMS, DEFAULT.n_items, "n_items", OPTIONS["n_items"].help)
        _slide("People rate what they like", "liking", 0.0, 3.0)
        _slide("Popularity skew", "popularity_skew", 0.0, 1.5)
        _slide("Activity skew", "activity_skew", 0.0, 1.5)
    with st.expander("Spreads, scale, seed"):
        _slide("Tastes differ by (stars)", "factor_spread", 0.1, 1.5)
        _slide("Users' biases (stars)", "user_spread", 0.0, 1.0)
        _slide("Items' biases (stars)", "item_spread", 0.0, 1.0)
        st.selectbox("Scale", list(SCALES), key=Key.SCALE, bind="query-params", persist_state="session")
        st.number_input(
            "Seed", 0, 10_000, 0, key=Key.SEED, bind="query-params", persist_state="session", help=OPTIONS["seed"].help
        )
    return options_now()


def options_now() -> MadeUpOptions:
    """What the widgets say at this moment. For `on_click`, whose arguments would be what they said when the button was
    last drawn: who moves a slider and presses at once means where it is now.

    Raises:
        ConfigError: the choices do not go together.
    """
    now = st.session_state
    lowest, highest, step = SCALES[now[Key.SCALE]]
    return MadeUpOptions(
        n_factors=now[Key.FACTORS],
        noise=now[Key.NOISE],
        lowest=lowest,
        highest=highest,
        step=step,
        seed=int(now[Key.SEED]),
        **{name: int(now[name]) for name in ("n_ratings", "n_users", "n_items")},
        **{name: now[name] for name in SLIDES},
    )


def choose_pull() -> Pull:
    """How hard the factors of the runs are pulled towards zero."""
    return choice(
        "Weight decay of the runs",
        get_args(Pull),
        key=Key.PULL,
        default="weak",
        in_address=True,
        help="A strong pull keeps a run with too many factors from learning the noise, and costs it some of the truth.",
    )


def pull_now() -> Pull:
    """What the widget says at this moment, as `options_now`."""
    pull: Pull = st.session_state[Key.PULL]
    return pull


def _pick(label: str, values: Sequence[float], default: float, key: str, help: str) -> None:
    """One of a few numbers."""
    st.select_slider(
        label,
        values,
        default,
        key=key,
        format_func=lambda value: f"{value:,g}",
        bind="query-params",
        persist_state="session",
        help=help,
    )


def _slide(label: str, name: str, low: float, high: float) -> None:
    """A slider of the option of that name, which is its key, too."""
    st.slider(
        label,
        low,
        high,
        float(getattr(DEFAULT, name)),
        0.05,
        key=name,
        bind="query-params",
        persist_state="session",
        help=OPTIONS[name].help,
    )
