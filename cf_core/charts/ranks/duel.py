"""For whom one ranker does better than another: a bar per user, from the first one's users to the other's."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.style import BLUE, ORANGE, axis, layout


def ndcg_duel(
    user_ids: Sequence[Any],
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    k: int,
    names: tuple[str, str] = ("A", "B"),
) -> go.Figure:
    """NDCG@k of one ranker minus that of the other, user by user, the largest first; users of the same NDCG have no
    bar. A bar that is clicked has the user's raw id as the last of its `customdata`.

    Args:
        one, other: NDCG of each user, shape (n,) each.
        names: what the legend calls the two.
    """
    order = np.argsort(other - one, kind="stable")
    gain = (one - other)[order]
    sides = ((f"{names[0]} is ahead", BLUE, gain > 0), (f"{names[1]} is ahead", ORANGE, gain < 0))
    return go.Figure(
        [
            _bars(name, color, np.flatnonzero(which), gain, order, (one, other), user_ids)
            for name, color, which in sides
        ],
        layout(
            f"For whom {names[0]} ranks better, and for whom {names[1]}",
            uirevision=f"{names} {k}",
            height=430,
            bargap=0,
            dragmode=False,
            xaxis=axis("users, from those whom the first serves better to the others", showticklabels=False),
            yaxis=axis(f"NDCG@{k} of {names[0]} minus {names[1]}", range=[-1.05, 1.05]),
        ),
    )


def _bars(
    name: str,
    color: str,
    at: NDArray[np.int64],
    gain: NDArray[np.float64],
    order: NDArray[np.int64],
    ndcgs: tuple[NDArray[np.float64], NDArray[np.float64]],
    user_ids: Sequence[Any],
) -> go.Bar:
    known = [[*(round(float(side[user]), 3) for side in ndcgs), user_ids[user]] for user in order[at]]
    return go.Bar(
        name=name,
        x=at.tolist(),
        y=gain[at].round(4).tolist(),
        marker={"color": color, "line": {"width": 0}},
        customdata=known,
        hovertemplate="user %{customdata[2]}<br>NDCG %{customdata[0]:.3f} against %{customdata[1]:.3f}<extra></extra>",
    )
