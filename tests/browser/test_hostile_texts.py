"""Hostile titles, genres, names, notes, axis names and a hostile folder in a real browser: on every page they are text,
nothing is run, fetched or linked, and the layout holds."""

import csv
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request, expect

from cf_core.data.split import SplitConfig
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.training.recipes import RECIPES
from pages.shared.steps import PAGES
from tests.browser.conftest import WORKSPACE, entering, serving, wait_until_idle, wait_until_settled
from tests.hostile import ELSEWHERE, LONG, MARK, TEXTS
from tests.tiny import write_tiny_data

pytestmark = pytest.mark.browser

N_ITEMS = 120

INTO_VIEW = """(plot) => {
    plot.scrollIntoView({ block: "nearest" });
    const { x, y, width, height } = plot.getBoundingClientRect();
    return { x, y, width, height };
}"""


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on data and runs of which every name means harm."""
    home = tmp_path_factory.mktemp("hostile")
    (home / "data").mkdir()
    folder = write_tiny_data(home / "data" / "<b>x[y](http:evil.example)", N_ITEMS)
    texts = [*TEXTS, LONG]
    titles = [(n + 1, texts[n % len(texts)] + f" ({1900 + n})", texts[(n + 3) % len(TEXTS)]) for n in range(N_ITEMS)]
    with (folder / "movies.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("movieId", "title", "genres"), *titles])
    store = RunStore(home / "runs")
    for text in TEXTS:
        run_id = store.create(RunSpec(str(folder), SplitConfig(), RECIPES["fast"].config, "cpu"), WORKSPACE).run_id
        for _ in execute(store, run_id):
            pass
        store.update(run_id, name=text, note=text)
        for axis in ("factors:1", "factors:2", "movies:1", "movies:2"):
            store.name_axis(run_id, axis, text)
    with serving(home) as (start, _):
        yield start("app.py", CF_LAB_RUNS=str(home / "runs"), CF_LAB_DATA=str(home / "data"), CF_LAB_WORKERS="1")


@pytest.fixture(scope="module")
def victim(browser: Browser, attacked: str) -> Iterator[Page]:
    """A page of the workspace; what it asks elsewhere gathers in `page.asked`, its dialogs in `page.dialogs`."""
    with entering(browser, attacked, viewport={"width": 1280, "height": 900}) as page:
        page.asked, page.dialogs = [], []

        def note(request: Request) -> None:
            if ELSEWHERE in request.url:
                page.asked.append(request.url)

        def dismiss(dialog: Dialog) -> None:
            page.dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("request", note)
        page.on("dialog", dismiss)
        yield page


def check(page: Page, where: str) -> None:
    """Nothing ran, was fetched or became a link, a picture, a frame or a tag."""
    wait_until_idle(page)
    assert (page.asked, page.dialogs) == ([], []), where
    assert page.evaluate(f"window.{MARK}") is None, where
    leading_there = f'a[href*="{ELSEWHERE}"], [src*="{ELSEWHERE}"]'
    found = page.eval_on_selector_all(leading_there, "nodes => nodes.map((node) => node.parentElement.outerHTML)")
    assert found == [], where
    tags = page.locator("b, strong, em").get_by_text("bold", exact=True)
    assert tags.count() == 0, where
    assert page.get_by_role("button", name="Download as CSV").count() == 0, where  # it would write formulas
    links = page.locator('svg a, a[href^="javascript:"]')
    assert links.count() == 0, where
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 1, where
    assert page.get_by_test_id("stMain").evaluate("(main) => main.scrollWidth - main.clientWidth") <= 1, where


def hover_everywhere(page: Page, where: str) -> None:
    """Rest the mouse on some places of each plot, and look at the tips."""
    for number in range(page.locator(".cf-plot").count()):
        plot = page.locator(".cf-plot").nth(number)
        if not plot.is_visible():
            continue
        box = plot.evaluate(INTO_VIEW)
        for step in range(1, 6):
            page.mouse.move(box["x"] + box["width"] * step / 6, box["y"] + box["height"] * (1 + step % 3) / 4, steps=2)
    check(page, f"{where}, hovered")


@pytest.mark.parametrize("name", [step.name for step in PAGES])
def test_every_page(attacked: str, victim: Page, name: str) -> None:
    victim.goto(f"{attacked}/{'' if name == 'start' else name}")
    victim.get_by_role("heading", level=1).wait_for()
    wait_until_idle(victim)
    victim.wait_for_function("!document.querySelector('.cf-plot:not([data-state=drawn])')")
    check(victim, name)
    hover_everywhere(victim, name)
    views = victim.get_by_test_id("stMain").get_by_role("radiogroup").first.get_by_role("radio").all_inner_texts()
    for view in views:
        radio = victim.get_by_test_id("stMain").get_by_role("radio", name=view, exact=True).first
        radio.click()
        expect(radio).to_be_checked()
        wait_until_settled(victim)
        hover_everywhere(victim, f"{name}, {view}")
    assert victim.complaints == []


def test_the_box_of_runs(attacked: str, victim: Page) -> None:
    """Each hostile name in turn is the selected run's, on the page that shows name and note, and on the map."""
    store_names = len(TEXTS)
    for number in range(0, store_names, 3):
        victim.goto(f"{attacked}/runs")
        wait_until_idle(victim)
        victim.locator(".st-key-run_box").get_by_role("combobox").click()
        victim.get_by_role("option").nth(number).click()
        check(victim, f"run {number}")
        victim.goto(f"{attacked}/movie_map")
        victim.locator(".st-key-map .cf-plot[data-state=drawn]").wait_for()
        check(victim, f"map of run {number}")
