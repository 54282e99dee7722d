"""The lesson's spreadsheet as one figure: users' numbers left of the table, movies' above it, all cells aligned.

All lies on one pair of axes. The table's cells are at the whole numbers from 0 on, rows downward; the numbers of the
users are left of 0, those of the movies above it. Cells are pale in both themes, so that dark digits can be read.
"""

import itertools
import math
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.by_hand.factors import Factors, Side
from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.steps import Cell
from cf_core.by_hand.table import SmallTable
from cf_core.charts.style import GREY, ORANGE, PINK, colorscale, escape_html, layout, short_title
from cf_core.rating_scale import star_size
from cf_core.words import MOVIES, Words

Show = Literal["predicted", "errors", "ratings"]
TITLES: dict[Show, str] = {"predicted": "Predicted stars", "errors": "Prediction - rating", "ratings": "Ratings"}
LARGEST_ERROR = 2.0
"""Where the colours of the errors end, in the lesson's stars."""

INK = "#14181f"
STARS = ("#ffffff", "#c5d8f6", "#6f9de6")
ERRORS = ("#7fb0ea", "#f7f7f7", "#ee959c")
CHANGE = ("#e9ecf1", "#ffd84d")

KINDS = ("training", "held out", "never rated", "changed")
"""Of cells, as the legend has them; "changed" by the latest action."""

NAME_LENGTH = 15
GAP = 0.5
"""Between the table and the numbers, in cells."""

TOP, LEFT, RIGHT, BOTTOM = 92, 48, 50, 4
"""Pixels: for the titles above, the users' ids at the left, the last title's end at the right."""

_HELD_OUT: dict[str, Any] = {"line": {"color": ORANGE, "width": 3}}
_BLANK: dict[str, Any] = {"fillcolor": GREY, "line": {"color": "white", "width": 1}}
_PLAIN: dict[str, Any] = {"showarrow": False, "bgcolor": "rgba(0,0,0,0)", "font": {"size": 12}, "borderpad": 0}


def hand_sheet(
    table: SmallTable,
    model: SmallModel,
    factors: Factors,
    show: Show,
    *,
    before: Factors | None = None,
    cell: Cell | None = None,
    number: tuple[Side, int] | None = None,
    words: Words = MOVIES,
) -> go.Figure:
    """The whole sheet; held-out cells framed, cells without a rating notched, a legend in the empty corner.

    Each cell's customdata begins with "cell", "user" or "item" and its row and column, those of a number being its
    user or movie and its place among the weights.

    Args:
        show: what the cells of the table hold. Errors and ratings leave blank cells empty.
        before: the numbers before the latest action. What it changed is marked, and the hover has the old value.
        cell: the selected cell: framed, with its user's and its movie's numbers.
        number: side and place of the selected one among those numbers.
    """
    n_weights = n_columns(model, factors)
    n_users, n_items = table.shape
    corner = n_weights + GAP
    row_height = min(max(422 / (n_users + corner), 16.0), 24.0)
    marks = [*_marks(table, show), *_legend(show), *_selection(table, n_weights, cell, number)]
    ticks = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickmode": "array", "ticks": ""}
    return go.Figure(
        [
            _table_cells(table, model, factors, show, before),
            _numbers("user", table, factors, before, n_weights, words),
            _numbers("item", table, factors, before, n_weights, words),
        ],
        layout(
            words.told(TITLES[show]),
            height=round(TOP + BOTTOM + row_height * (n_users + corner)),
            margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
            uirevision=f"{table.user_ids} {table.item_ids}",
            dragmode=False,
            modebar={"orientation": "v"},
            showlegend=False,
            shapes=marks,
            annotations=[*_legend_texts(), *_headings(model, factors, n_weights)],
            xaxis={
                "range": [-corner - 0.5, n_items - 0.5],
                "side": "top",
                "tickvals": list(range(n_items)),
                "ticktext": movie_names(table),
                "tickangle": -55,
                **ticks,
            },
            yaxis={
                "range": [n_users - 0.5, -corner - 0.5],
                "tickvals": list(range(n_users)),
                "ticktext": user_names(table),
                **ticks,
            },
        ).update(title={"font": {"size": 14}, "automargin": False, "pad": {"t": 4, "b": 0, "l": 4}}),
    )


def n_columns(model: SmallModel, factors: Factors) -> int:
    """How many numbers a user or a movie has: the factors, and the bias where there are biases."""
    return factors.n_factors + model.biases


def weight_name(place: int, n_factors: int) -> str:
    """What the number at that place is called: "factor 1", …, "bias"."""
    return f"factor {place + 1}" if place < n_factors else "bias"


def movie_names(table: SmallTable) -> list[str]:
    """Short titles. Where some would read the same, the words that they share are cut; where that is all, the id
    follows."""
    short = [short_title(title, NAME_LENGTH) for title in table.titles]
    whole = [short_title(title, len(title)) for title in table.titles]
    alike = {name: [full for full, one in zip(whole, short, strict=True) if one == name] for name in short}
    names = [
        name if len(alike[name]) == 1 else _cut_start(full, alike[name])
        for name, full in zip(short, whole, strict=True)
    ]
    ids = zip(names, table.item_ids, strict=True)
    return [name if names.count(name) == 1 else f"{name[: NAME_LENGTH - 5]} {item}" for name, item in ids]


def user_names(table: SmallTable) -> list[str]:
    """Short ids; where some would read the same, their ends."""
    ids = [str(user) for user in table.user_ids]
    short = [short_title(one, 8) for one in ids]
    return [
        name if short.count(name) == 1 else f"…{escape_html(one[-7:])}" for name, one in zip(short, ids, strict=True)
    ]


def _cut_start(name: str, alike: list[str]) -> str:
    """Cut the words that all of `alike` begin with: of "Star Wars: Episode IV" and V remain "Star…IV" and "Star…V"."""
    words = zip(*(one.split(" ") for one in alike), strict=False)
    shared = " ".join(own[0] for own in itertools.takewhile(lambda own: len(set(own)) == 1, words))
    rest = name[len(shared) :].strip()
    return f"{name[:4].rstrip()}…{rest[: NAME_LENGTH - 5]}".rstrip() if rest and len(shared) > 4 else name[:NAME_LENGTH]


def compact(value: float, decimals: int = 1, sign: str = "") -> str:
    """A number for a narrow cell: no zero before the point, no minus before a zero, and fewer digits where it is large;
    empty where there is none."""
    if math.isnan(value):
        return ""
    size = abs(value)
    if size >= 999.5:
        mantissa, exponent = f"{value:{sign}.0e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    places = 0 if size >= 99.5 else min(decimals, 1) if size >= 9.95 else decimals
    text = f"{value:{sign if round(value, places) else ''}z.{places}f}"
    return text.replace("0.", ".", 1) if decimals > 1 and size < 0.995 else text


def _table_cells(
    table: SmallTable, model: SmallModel, factors: Factors, show: Show, before: Factors | None
) -> go.Heatmap:
    predicted = model.predict(factors)
    earlier = predicted if before is None else model.predict(before)
    now, was = _shown(table, predicted, show), _shown(table, earlier, show)
    low, high = table.rating_range
    colors: dict[str, Any] = {"colorscale": colorscale(STARS), "zmin": low, "zmax": high}
    if show == "errors":
        largest = LARGEST_ERROR * star_size(table.rating_range)
        colors = {"colorscale": colorscale(ERRORS), "zmin": -largest, "zmax": largest}
    sign = "+" if show == "errors" else ""
    data = [
        [["cell", i, j, _cell_hover(table, predicted, earlier, (i, j))] for j in range(table.shape[1])]
        for i in range(table.shape[0])
    ]
    return _heatmap(
        show,
        z=[[None if math.isnan(value) else round(value, 3) for value in row] for row in now.tolist()],
        text=_marked(now, was, 1, sign),
        customdata=data,
        colorbar={"title": {"text": show}},  # not shown; it names the values for who saves them
        **colors,
    )


def _shown(table: SmallTable, predicted: NDArray[np.float64], show: Show) -> NDArray[np.float64]:
    return {"predicted": predicted, "errors": predicted - table.rating, "ratings": table.rating}[show]


def _numbers(
    side: Side, table: SmallTable, factors: Factors, before: Factors | None, n_weights: int, words: Words
) -> go.Heatmap:
    """The numbers of one side; the more the latest action changed one, the yellower its cell."""
    now = factors.side(side)[:, :n_weights]
    was = now if before is None else before.side(side)[:, :n_weights]
    largest = 0.0 if before is None else max(np.abs(_change(factors, before, one)).max() for one in ("user", "item"))
    names = (
        [escape_html(f"user {user}") for user in table.user_ids]
        if side == "user"
        else list(map(escape_html, table.titles))
    )
    data = [
        [
            [side, i, f, _number_hover(f"{name}, {weight_name(f, factors.n_factors)}", now[i, f], was[i, f])]
            for f in range(n_weights)
        ]
        for i, name in enumerate(names)
    ]
    text = _marked(now, was, 2 if n_weights <= 7 else 1)
    shares = (np.abs(now - was) / (largest or 1.0)).round(3)
    is_user = side == "user"
    start = -(n_weights + GAP)
    return _heatmap(
        f"numbers of {'users' if is_user else escape_html(words.items)}",
        z=shares.tolist() if is_user else shares.T.tolist(),
        text=text if is_user else _turned(text),
        customdata=data if is_user else _turned(data),
        **({"x0": start, "dx": 1} if is_user else {"y0": start, "dy": 1}),
        colorscale=colorscale(CHANGE),
        zmin=0,
        zmax=1,
    )


def _change(factors: Factors, before: Factors, side: Side) -> NDArray[np.float64]:
    return factors.side(side) - before.side(side)


def _heatmap(name: str, **more: Any) -> go.Heatmap:
    return go.Heatmap(
        name=name,
        **{"x0": 0, "dx": 1, "y0": 0, "dy": 1, **more},
        texttemplate="%{text}",
        textfont={"color": INK, "size": 12},
        hovertemplate="%{customdata[3]}<extra></extra>",
        hoverongaps=False,
        xgap=1,
        ygap=1,
        showscale=False,
    )


def _turned(rows: list[list[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _marked(now: NDArray[np.float64], was: NDArray[np.float64], decimals: int, sign: str = "") -> list[list[str]]:
    """The numbers as text, bold where they read otherwise than before."""
    texts = []
    for row, earlier in zip(now.tolist(), was.tolist(), strict=True):
        pairs = [(compact(a, decimals, sign), compact(b, decimals, sign)) for a, b in zip(row, earlier, strict=True)]
        texts.append([text if text == old else f"<b>{text}</b>" for text, old in pairs])
    return texts


def _cell_hover(table: SmallTable, predicted: NDArray[np.float64], earlier: NDArray[np.float64], place: Cell) -> str:
    rating, guess, role = table.rating[place], predicted[place], table.role(*place)
    changed = f"<br>predicted {earlier[place]:z.2f} before" if earlier[place] != guess else ""
    head = f"<b>{escape_html(table.titles[place[1]])}</b><br>user {escape_html(str(table.user_ids[place[0]]))}<br>"
    if role == "blank":
        return f"{head}never rated; the numbers guess {guess:z.2f}{changed}"
    note = ", held out" if role == "held out" else ""
    return f"{head}rating {rating:g}{note}<br>predicted {guess:z.2f}, error {guess - rating:+z.2f}{changed}"


def _number_hover(name: str, now: float, was: float) -> str:
    return f"<b>{name}</b><br>{now:z.3f}" + (f", was {was:z.3f}" if now != was else "")


def _headings(model: SmallModel, factors: Factors, n_weights: int) -> list[dict[str, Any]]:
    """The names of the weights: at the left of the movies' numbers, above the users'."""
    names = [str(f + 1) for f in range(factors.n_factors)] + (["b"] if model.biases else [])
    places = [f - n_weights - GAP for f in range(n_weights)]
    above = [{"x": x, "y": -0.5, "yanchor": "bottom", "text": name} for x, name in zip(places, names, strict=True)]
    beside = [
        {"x": -0.55, "y": y, "xanchor": "right", "yanchor": "middle", "text": name}
        for y, name in zip(places, names, strict=True)
    ]
    user = {"x": -n_weights - GAP - 0.55, "y": -0.5, "xanchor": "right", "yanchor": "bottom", "text": "user"}
    return [{**_PLAIN, **place} for place in (*above, *beside, user)]


def _marks(table: SmallTable, show: Show) -> list[go.layout.Shape]:
    """Marks on cells, as shapes, because they let the mouse through and scale with the cells."""
    held_out = np.argwhere(table.held_out).tolist()
    marks = [_mark("held out", [_square(i, j, 0.42) for i, j in held_out], **_HELD_OUT)]
    if show == "predicted":
        blank = np.argwhere(np.isnan(table.rating)).tolist()
        notches = [f"M{j + 0.5},{i - 0.5}H{j + 0.1}L{j + 0.5},{i - 0.05}Z" for i, j in blank]
        marks.append(_mark("never rated", notches, **_BLANK))
    return [mark for mark in marks if mark.path]


def _legend(show: Show) -> list[go.layout.Shape]:
    """A square for each kind of cell, as they are in the table, in pixels from the corner of the plot."""
    anchored = {"xref": "paper", "yref": "paper", "xanchor": 0, "yanchor": 1}
    pixels = {"type": "path", "xsizemode": "pixel", "ysizemode": "pixel", **anchored}
    fill = ERRORS[0] if show == "errors" else STARS[1]
    left, right = 6 - LEFT, 26 - LEFT
    marks = []
    for line, kind in enumerate(KINDS):
        low, high = TOP - 46 - 19 * line, TOP - 32 - 19 * line
        box = f"M{left},{low}H{right}V{high}H{left}Z"
        if kind == "never rated" and show != "predicted":
            marks.append({"path": box, "line": {"color": GREY, "width": 1}})
            continue
        marks.append({"path": box, "line": {"width": 0}, "fillcolor": CHANGE[1] if kind == "changed" else fill})
        if kind == "held out":
            marks.append({"path": box, **_HELD_OUT})
        if kind == "never rated":
            marks.append({"path": f"M{right},{high}H{right - 10}L{right},{high - 8}Z", **_BLANK})
    return [go.layout.Shape(**pixels, name=f"legend {i}", **mark) for i, mark in enumerate(marks)]


def _legend_texts() -> list[dict[str, Any]]:
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom"}
    return [
        {**place, **_PLAIN, "xshift": 31 - LEFT, "yshift": TOP - 48 - 19 * line, "text": kind}
        for line, kind in enumerate(KINDS)
    ]


def _selection(
    table: SmallTable, n_weights: int, cell: Cell | None, number: tuple[Side, int] | None
) -> list[go.layout.Shape]:
    """Frames: thick around the selected cell and the selected number, thin around the numbers of its user and movie."""
    if cell is None:
        return []
    i, j = cell
    start = -(n_weights + GAP) - 0.5
    end = start + n_weights
    operands = [
        f"M{start},{i - 0.5}H{end}V{i + 0.5}H{start}Z",
        f"M{j - 0.5},{start}V{end}H{j + 0.5}V{start}Z",
    ]
    marks = [
        _mark("operands", operands, line={"color": PINK, "width": 1.5}),
        _mark("selected", [_square(i, j, 0.5)], line={"color": PINK, "width": 4}),
    ]
    if number is not None:
        side, place = number
        at = start + 0.5 + place
        square = _square(i, at, 0.5) if side == "user" else _square(at, j, 0.5)
        marks.append(_mark("number", [square], line={"color": PINK, "width": 4}))
    return marks


def _square(i: float, j: float, reach: float) -> str:
    return f"M{j - reach:g},{i - reach:g}H{j + reach:g}V{i + reach:g}H{j - reach:g}Z"


def _mark(name: str, paths: list[str], **style: Any) -> go.layout.Shape:
    return go.layout.Shape(type="path", path="".join(paths), name=name, **{"fillcolor": "rgba(0,0,0,0)", **style})
