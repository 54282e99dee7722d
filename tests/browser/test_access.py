"""Every page under axe, light and dark: nothing serious. And every page fits a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("[!_]*.py"))

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

SCHEMES = ("light", "dark")

ALL_DRAWN = """() => [...document.querySelectorAll(".cf-plot:not([data-state=drawn])")]
    .every((plot) => plot.clientWidth < 40)"""
"""Whether every plot is drawn for which there is room: in a folded sidebar there is none."""

FADING = "() => document.getAnimations().filter((one) => isFinite(one.effect.getComputedTiming().endTime))"
"""The animations that will end: colours fade into each other when the scheme changes."""


@pytest.fixture(scope="module")
def student(browser: Browser, lab: str, enter) -> Iterator[Page]:
    """A page of one browser that has been in `lab` before."""
    with enter(browser, lab) as page:
        yield page


@pytest.fixture(scope="module")
def stranger(browser: Browser, enter) -> Iterator[Page]:
    """A page of a browser that has never been there."""
    with enter(browser) as page:
        yield page


def path_of(name: str) -> str:
    """The address of a page, below that of the app."""
    return "" if name == "start" else name


def open_page(page: Page, address: str, idle, last_plot: str | None, width: int) -> None:
    """Open a page, wait until all of it is drawn, and make the window as high as what scrolls in it."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    if last_plot:
        page.locator(f".st-key-{last_plot} .cf-plot[data-state=drawn]").wait_for()
    page.wait_for_function(ALL_DRAWN)
    idle(page)
    height = page.get_by_test_id("stMain").evaluate("(main) => main.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})


def check(page: Page) -> None:
    """Nothing serious, light or dark."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # what fades in endlessly stands still
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        page.wait_for_function(f"({FADING})().length === 0")
        assert findings(page, scheme) == []
    assert page.complaints == []


def findings(page: Page, scheme: str) -> list[str]:
    """Rule, element and advice of each serious or critical violation."""
    return [
        f"{scheme}: {violation['id']} {node['html'][:200]} {node['failureSummary']}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_serious_with_a_run(lab: str, student: Page, idle, name: str) -> None:
    open_page(student, f"{lab}/{path_of(name)}", idle, LAST_PLOTS.get(name), width=1_280)
    check(student)


@pytest.mark.parametrize(("path", "last_plot"), [("train", "curves"), ("movie_map", None)])
def test_nothing_serious_without_a_run(lab: str, stranger: Page, idle, path: str, last_plot: str | None) -> None:
    open_page(stranger, f"{lab}/{path}", idle, last_plot, width=1_280)
    check(stranger)


@pytest.mark.parametrize(
    ("view", "last_plot"), [("Movies", "film"), ("Model", "train_norms"), ("Prediction", "prediction")]
)
def test_nothing_serious_inside_a_run(lab: str, student: Page, idle, view: str, last_plot: str) -> None:
    open_page(student, f"{lab}/train", idle, "curves", width=1_280)
    student.get_by_role("radio", name=view, exact=True).click()
    student.mouse.move(0, 0)  # what is under the mouse is tinted
    student.locator(f".st-key-{last_plot} .cf-plot[data-state=drawn]").wait_for()
    idle(student)
    check(student)


@pytest.mark.parametrize("name", PAGES)
def test_fits_a_phone(lab: str, student: Page, idle, name: str) -> None:
    open_page(student, f"{lab}/{path_of(name)}", idle, LAST_PLOTS.get(name), width=390)
    assert student.evaluate("document.scrollingElement.scrollWidth") <= 391
    assert student.get_by_test_id("stMain").evaluate("(main) => main.scrollWidth - main.clientWidth") <= 1
