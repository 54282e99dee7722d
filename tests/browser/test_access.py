"""Every page under axe, light and dark: nothing serious."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.whole import LAST_PLOTS, wait_until_whole

pytestmark = pytest.mark.browser

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("[!_]*.py"))

SCHEMES = ("light", "dark")

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


def open_page(page: Page, address: str, last_plot: str | None) -> None:
    """Open a page, wait until all of it is drawn, and make the window as high as what scrolls in it."""
    page.set_viewport_size({"width": 1_280, "height": 900})
    page.goto(address)
    wait_until_whole(page, last_plot)
    height = page.get_by_test_id("stMain").evaluate("(main) => main.scrollHeight")
    page.set_viewport_size({"width": 1_280, "height": height})


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
def test_nothing_serious_with_a_run(lab: str, student: Page, name: str) -> None:
    open_page(student, f"{lab}/{path_of(name)}", LAST_PLOTS.get(name))
    check(student)


@pytest.mark.parametrize(("path", "last_plot"), [("train", "curves"), ("movie_map", None)])
def test_nothing_serious_without_a_run(lab: str, stranger: Page, path: str, last_plot: str | None) -> None:
    open_page(stranger, f"{lab}/{path}", last_plot)
    check(stranger)


@pytest.mark.parametrize(
    ("view", "last_plot"), [("Movies", "film"), ("Model", "train_norms"), ("Prediction", "prediction")]
)
def test_nothing_serious_inside_a_run(lab: str, student: Page, idle, view: str, last_plot: str) -> None:
    open_page(student, f"{lab}/train", "curves")
    student.get_by_role("radio", name=view, exact=True).click()
    student.mouse.move(0, 0)  # what is under the mouse is tinted
    student.locator(f".st-key-{last_plot} .cf-plot[data-state=drawn]").wait_for()
    idle(student)
    check(student)
