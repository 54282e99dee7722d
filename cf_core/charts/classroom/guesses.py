"""What a class guessed before its runs, and who was right."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.classroom.axes import FONT, large_axis
from cf_core.charts.style import BLUE, GREY, ORANGE, escape_html, layout
from cf_core.words import Words

MOST = 12
_LINE, _ROOM = 34, 130
KINDS = {"came true": (True, BLUE), "did not": (False, ORANGE), "still open": (None, GREY)}


def guess_spread(guesses: pd.DataFrame, words: Words) -> go.Figure:
    """How often each answer was given to each question, and how often it came true.

    Args:
        guesses: see `Board`.
        words: the nouns of the data set.
    """
    pairs = guesses.groupby(["question", "guess"], sort=True).size().index.tolist()
    figure = go.Figure(
        layout=layout(
            "What the class guessed",
            uirevision="guesses",
            height=_ROOM + _LINE * max(len(pairs), 3),
            barmode="stack",
            legend_font_size=FONT,
            legend_traceorder="normal",
            xaxis=large_axis("guesses", tickformat=",d", rangemode="tozero"),
            yaxis=large_axis("", type="multicategory", autorange="reversed"),
            annotations=[] if pairs else [_nothing("no guesses yet")],
        )
    )
    told = [[words.told(question) for question, _ in pairs], [words.told(guess) for _, guess in pairs]]
    for name, (right, color) in KINDS.items():
        is_kind = np.array([value is right for value in guesses["right"]], dtype=bool)
        counts = guesses.loc[is_kind].groupby(["question", "guess"]).size()
        n = [int(counts.get(pair, 0)) for pair in pairs]
        figure.add_trace(
            go.Bar(
                uid=name,
                name=name,
                orientation="h",
                x=n,
                y=told,
                marker={"color": color},
                text=[str(count) if count else "" for count in n],
                textfont={"size": FONT},
                textangle=0,
                hovertemplate=f"%{{y}}<br>%{{x}} {name}<extra></extra>",
                showlegend=any(n),
            )
        )
    return figure


def right_by_member(counts: pd.DataFrame, own: str | None) -> go.Figure:
    """How many guesses of each member came true, at most `MOST` of them.

    Args:
        counts: a row per member, the first on top: `member_id, nickname, right, judged`.
        own: the member whose bar is orange; None for none.
    """
    shown = counts[(counts.index < MOST) | (counts["member_id"] == own)]
    left_out = len(counts) - len(shown)
    return go.Figure(
        go.Bar(
            uid="right",
            orientation="h",
            x=shown["right"].tolist(),
            y=[escape_html(name) for name in shown["nickname"]],
            marker={"color": [ORANGE if member == own else BLUE for member in shown["member_id"]]},
            text=[f"{right} of {judged}" for right, judged in zip(shown["right"], shown["judged"], strict=True)],
            textfont={"size": FONT},
            textposition="auto",
            hovertemplate="<b>%{y}</b><br>%{text} guesses came true<extra></extra>",
        ),
        layout(
            "Who was right" + (f" · and {left_out} more" if left_out else ""),
            height=_ROOM + _LINE * max(len(shown), 3),
            xaxis=large_axis("guesses that came true", tickformat=",d", rangemode="tozero"),
            yaxis=large_axis("", type="category", autorange="reversed"),
            annotations=[] if len(shown) else [_nothing("no guess can be judged yet")],
        ),
    )


def _nothing(text: str) -> dict[str, object]:
    return {
        "text": text,
        "showarrow": False,
        "font": {"size": FONT},
        "xref": "paper",
        "yref": "paper",
        "x": 0.5,
        "y": 0.5,
    }
