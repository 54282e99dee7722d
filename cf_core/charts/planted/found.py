"""What a run found of the planted factors: shares of the variance, items on one factor, strengths."""

import numpy as np
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, GREEN, GREY, ORANGE, axis, escape_html, layout
from cf_core.insight.planted import Floats, FoundFactors
from cf_core.words import Words


def planted_strengths(strengths: Floats, words: Words) -> go.Figure:
    """What each factor adds to the ratings, before any model has looked for it.

    Args:
        strengths: standard deviations in the unit of the ratings, shape (n_planted,), see `factor_strengths`.
    """
    return go.Figure(
        [_strength_bars("planted", strengths, GREY, words)],
        layout(
            "To be planted: how strong each factor is",
            xaxis=axis("planted factor", dtick=1),
            yaxis=axis(f"standard deviation of what it adds ({words.unit})", rangemode="tozero"),
        ),
    )


def recovered_shares(found: FoundFactors) -> go.Figure:
    """For each planted factor its share of the planted variance, and how much of that was recovered; beside them the
    variance of what was learnt of the noise."""
    factors = [f"factor {number + 1}" for number in range(len(found.weight))]
    weight = 100 * found.weight
    recovered = weight * np.clip(found.recovered, 0, None)
    noise = 100 * found.noise
    share = [f"{value:.0%}" for value in found.recovered]
    return go.Figure(
        [
            go.Bar(
                name="planted",
                x=factors,
                y=weight.round(2).tolist(),
                marker={"color": "rgba(0,0,0,0)", "line": {"color": GREY, "width": 2}},
                text=share,
                textposition="outside",
                cliponaxis=False,
                hovertemplate="%{x}<br>%{y:.1f}% of the planted variance<extra></extra>",
            ),
            go.Bar(
                name="recovered",
                x=factors,
                y=recovered.round(2).tolist(),
                marker={"color": BLUE},
                customdata=share,
                hovertemplate="%{x}<br>%{customdata} of it recovered<extra></extra>",
            ),
            go.Bar(
                name="learnt of the noise",
                x=["noise"],
                y=[round(noise, 2)],
                marker={"color": ORANGE},
                text=[f"{noise:.0f}%"],
                textposition="outside",
                cliponaxis=False,
                hovertemplate="variance beside the planted factors:<br>%{y:.1f}% of theirs<extra></extra>",
            ),
        ],
        layout(
            "Planted and recovered",
            subtitle=f"recovered {found.recovered_in_all:.0%} of the truth, and noise worth {found.noise:.0%} of it",
            uirevision=str(len(factors)),
            barmode="overlay",
            xaxis=axis("", categoryorder="array", categoryarray=[*factors, "noise"]),
            yaxis=axis("share of the planted variance (%)", range=[0, 1.15 * max(weight.max(), noise, 1.0)]),
        ),
    )


def items_on_factor(found: FoundFactors, factor: int, titles: list[str], words: Words) -> go.Figure:
    """Each item's planted coordinate on a factor against the one that was found, after alignment; on the diagonal the
    two are the same.

    Args:
        factor: counted from 0.
        titles: of the items, in the order of `found.item_ids`.
    """
    planted, aligned = found.planted_items[:, factor], found.found_items[:, factor]
    reach = 1.08 * float(max(np.abs(planted).max(), np.abs(aligned).max(), 1e-9))
    points = go.Scattergl(
        name=words.items,
        mode="markers",
        x=planted.round(4).tolist(),
        y=aligned.round(4).tolist(),
        marker={"color": BLUE, "size": 6, "opacity": 0.7},
        customdata=[escape_html(title) for title in titles],
        hovertemplate="<b>%{customdata}</b><br>planted %{x:.2f}<br>found %{y:.2f}<extra></extra>",
    )
    diagonal = go.Scatter(
        name="the truth",
        mode="lines",
        x=[-reach, reach],
        y=[-reach, reach],
        line={"color": ORANGE, "dash": "dash", "width": 1.5},
        hoverinfo="skip",
    )
    return go.Figure(
        [diagonal, points],
        layout(
            f"{words.capital.items} on planted factor {factor + 1}",
            subtitle="found: turned as close to the planted factors as it goes",
            uirevision=str(factor),
            xaxis=axis(f"planted ({words.unit})", range=[-reach, reach]),
            yaxis=axis(f"found ({words.unit})", range=[-reach, reach]),
        ),
    )


def strengths(found: FoundFactors, words: Words) -> go.Figure:
    """The singular values of the planted and of the found part, the strongest first."""
    return go.Figure(
        [
            _strength_bars("planted", found.planted_strength, GREY, words),
            _strength_bars("found", found.found_strength, GREEN, words),
        ],
        layout(
            "Strength of planted and found factors",
            subtitle="what is found beyond the planted number is noise",
            uirevision=str(len(found.found_strength)),
            barmode="group",
            xaxis=axis("factor, the strongest first", dtick=1 if len(found.found_strength) <= 16 else None),
            yaxis=axis(f"standard deviation of what it adds ({words.unit})", rangemode="tozero"),
        ),
    )


def _strength_bars(name: str, values: Floats, color: str, words: Words) -> go.Bar:
    return go.Bar(
        name=name,
        x=list(range(1, len(values) + 1)),
        y=values.round(4).tolist(),
        marker={"color": color},
        hovertemplate=f"factor %{{x}}<br>{name}: %{{y:.3f}} {words.unit}<extra></extra>",
    )
