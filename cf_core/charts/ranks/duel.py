"""For whom one ranker does better than another: a bar per user, from the first one's users to the other's."""

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, ORANGE, axis, layout


def ndcg_duel(frame: pd.DataFrame, k: int, names: tuple[str, str] = ("A", "B")) -> go.Figure:
    """NDCG@k of one ranker minus that of the other, user by user, the largest first; users of the same NDCG have no
    bar. A bar that is clicked has the user's raw id as the last of its `customdata`.

    Args:
        frame: user_id, and the NDCG by either: one, other.
        names: what the legend calls the two.
    """
    gain = frame["one"] - frame["other"]
    ordered = frame.assign(gain=gain).sort_values("gain", ascending=False, kind="stable", ignore_index=True)
    sides = (
        (f"{names[0]} is ahead", BLUE, ordered[ordered["gain"] > 0]),
        (f"{names[1]} is ahead", ORANGE, ordered[ordered["gain"] < 0]),
    )
    reach = 1.1 * max(float(gain.abs().max()), 0.1)
    return go.Figure(
        [_bars(*side) for side in sides],
        layout(
            f"For whom {names[0]} ranks better, and for whom {names[1]}",
            uirevision=f"{names} {k}",
            height=400,
            bargap=0,
            hovermode="x",  # a bar is about a pixel wide
            dragmode=False,
            xaxis=axis("users, by the difference", showticklabels=False, showgrid=False),
            yaxis=axis(f"NDCG@{k} of {names[0]} minus {names[1]}", range=[-reach, reach]),
        ),
    )


def _bars(name: str, color: str, users: pd.DataFrame) -> go.Bar:
    return go.Bar(
        name=name,
        x=users.index.tolist(),
        y=users["gain"].round(4).tolist(),
        marker={"color": color, "line": {"width": 0}},
        customdata=users[["one", "other", "user_id"]].round(3).to_numpy(dtype=object).tolist(),
        hovertemplate="user %{customdata[2]}<br>NDCG %{customdata[0]:.3f} against %{customdata[1]:.3f}<extra></extra>",
    )
