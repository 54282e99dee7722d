"""The table with holes as a small web page: its blanks are filled with guesses, one after another, by the browser."""

from collections.abc import Iterator
from html import escape

import pandas as pd

from cf_core.charts.style import short_title
from cf_core.teaching.holes import TableWithHoles
from cf_core.words import Words

SECONDS_PER_CELL = 0.8

STYLE = """
<style>
.holes-frame { overflow-x: auto; }
.holes { border-collapse: separate; border-spacing: 3px; font-size: 14px; font-variant-numeric: tabular-nums; }
.holes caption { text-align: left; padding-bottom: 4px; }
.holes th { font-weight: 400; text-align: right; padding: 0 6px; white-space: nowrap; }
.holes thead th { text-align: center; max-width: 66px; overflow: hidden; text-overflow: ellipsis; font-size: 12px; }
.holes td { width: 66px; height: 24px; text-align: center; border-radius: 4px; background: rgba(47, 127, 209, 0.28); }
.holes td.blank { background: none; border: 1px dashed rgba(128, 128, 128, 0.7); }
.holes td.blank span { opacity: 0; animation: fill CYCLEs infinite; font-weight: 600; }
@keyframes fill { 0%, 1% { opacity: 0; } 4%, 88% { opacity: 1; } 97%, 100% { opacity: 0; } }
@media (prefers-reduced-motion: reduce) { .holes td.blank span { animation: none; opacity: 1; } }
</style>
"""


def holes_html(table: TableWithHoles, titles: pd.Series, words: Words) -> str:
    """The table, known ratings on blue, blanks dashed; `titles` of the items by raw id."""
    blanks = iter(range(int(table.rating.isna().to_numpy().sum())))
    rows = "".join(_row(user, table, blanks) for user in table.rating.index)
    heads = "".join(
        f'<th scope="col" title="{escape(titles[movie])}">{short_title(titles[movie], 11)}</th>'
        for movie in table.rating.columns
    )
    cycle = f"{max(int(table.rating.isna().to_numpy().sum()), 1) * SECONDS_PER_CELL + 6:.1f}"
    caption = f"{words.unit.capitalize()} of busy users for well-known {escape(words.items)}. "
    caption += "Dashed: unknown, filled with guesses."
    return (
        STYLE.replace("CYCLE", cycle)
        + f'<div class="holes-frame" tabindex="0"><table class="holes"><caption>{caption}</caption>'
        + f'<thead><tr><th scope="col">user</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(user: object, table: TableWithHoles, blanks: Iterator[int]) -> str:
    ratings, guesses = table.rating.loc[[user]].to_numpy()[0], table.guess.loc[[user]].to_numpy()[0]
    cells = "".join(
        _blank(guess, next(blanks)) if pd.isna(rating) else f"<td>{rating:g}</td>"
        for rating, guess in zip(ratings, guesses, strict=True)
    )
    return f'<tr><th scope="row">{escape(str(user))}</th>{cells}</tr>'


def _blank(guess: float, number: int) -> str:
    """The cell number `number` to be filled."""
    delay = f"{number * SECONDS_PER_CELL:.1f}s"
    return f'<td class="blank"><span style="animation-delay: {delay}">{guess:.1f}</span></td>'
