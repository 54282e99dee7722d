"""Training and validation ratings of a split, over time and by user."""

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, ORANGE, axis, layout

TRAIN, VALID = BLUE, ORANGE


def split_over_time(frame: pd.DataFrame) -> go.Figure:
    """Ratings given in each quarter of a year, those to train on below those to validate on.

    Args:
        frame: columns quarter (its first day), n_train, n_valid; ascending.
    """
    names = [f"{day.year}, quarter {day.quarter}" for day in frame["quarter"]]

    def bars(name: str, column: str, color: str) -> go.Bar:
        return go.Bar(
            name=name,
            x=frame["quarter"].dt.strftime("%Y-%m-%d").tolist(),
            y=frame[column].tolist(),
            customdata=names,
            hovertemplate=f"%{{customdata}}<br>%{{y:,}} {name}<extra></extra>",
            marker={"color": color, "line": {"width": 0}},
        )

    return go.Figure(
        [bars("to train on", "n_train", TRAIN), bars("to validate", "n_valid", VALID)],
        layout(
            "Where the ratings of each quarter went",
            height=360,
            barmode="stack",
            bargap=0.15,
            dragmode=False,
            xaxis=axis("quarter in which the rating was given (UTC)", type="date", showgrid=False),
            yaxis=axis("ratings per quarter", tickformat=",~s"),
        ),
    )


def validation_share_by_user(frame: pd.DataFrame) -> go.Figure:
    """Number of users by the share of their ratings in the validation part, in steps of 5%.

    Args:
        frame: columns user_id, n_ratings, n_valid.
    """
    share = 100 * frame["n_valid"] / frame["n_ratings"]
    step = (share / 5).astype(int).clip(upper=19)
    n_users = step.value_counts().reindex(range(20), fill_value=0)
    bars = go.Bar(
        name="users",
        x=[5 * i + 2.5 for i in n_users.index],
        y=n_users.tolist(),
        customdata=[f"{5 * i} to {5 * i + 5}" for i in n_users.index],
        hovertemplate="%{y:,} users have %{customdata}% of their ratings in validation<extra></extra>",
        marker_color=VALID,
    )
    return go.Figure(
        bars,
        layout(
            "Each user's share in validation",
            height=360,
            bargap=0.05,
            dragmode=False,
            showlegend=False,
            xaxis=axis("share in validation (%)", range=[0, 100], dtick=20, showgrid=False),
            yaxis=axis("users", tickformat=","),
        ),
    )
