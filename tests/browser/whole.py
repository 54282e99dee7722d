"""When a page is all there: its heading, all of its plots, and no script that runs."""

from playwright.sync_api import Page

from tests.browser.conftest import wait_until_idle

LAST_PLOTS = {
    "best_and_worst": "worst",
    "by_hand": "cost",
    "data": "by_genre",
    "errors": "errors_slices",
    "facts": "histogram_movie",
    "for_you": "for_you_parts",
    "id_map": "gaps_movie",
    "movie_map": "map",
    "split": "by_user",
    "sweep": "sweep_progress",
    "train": "curves",
}
"""The plot that comes last on a page, where it has plots at once."""

ALL_DRAWN = """() => [...document.querySelectorAll(".cf-plot:not([data-state=drawn])")]
    .every((plot) => plot.clientWidth < 40)"""
"""Whether every plot is drawn for which there is room: in a folded sidebar there is none."""


def wait_until_whole(page: Page, last_plot: str | None) -> None:
    """Wait for all of a page, `last_plot` included."""
    page.get_by_role("heading", level=1).wait_for()
    if last_plot:
        page.locator(f".st-key-{last_plot} .cf-plot[data-state=drawn]").wait_for()
    page.wait_for_function(ALL_DRAWN)
    wait_until_idle(page)
