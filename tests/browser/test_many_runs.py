"""Many runs in a real browser: a click on a point, a drag along an axis, and the table and the curves follow."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cf_core.config import with_settings
from cf_core.data.split import SplitConfig
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.training.recipes import RECIPES
from tests.browser.conftest import COOKIE, WORKSPACE, wait_until_settled
from tests.tiny import write_tiny_data

pytestmark = pytest.mark.browser


@pytest.fixture
def five(tmp_path: Path) -> Path:
    """A folder of five short runs that differ in their factors, and the data that they are on."""
    (tmp_path / "data").mkdir()
    folder = write_tiny_data(tmp_path / "data" / "tiny", 60)
    store = RunStore(tmp_path / "runs")
    for n_factors in (1, 2, 4, 8, 16):
        config = with_settings(RECIPES["fast"].config, {"n_factors": n_factors, "n_epochs": 2, "batch_size": 64})
        for _ in execute(store, store.create(RunSpec(str(folder), SplitConfig(), config, "cpu"), WORKSPACE).run_id):
            pass
    return tmp_path


def test_a_choice_in_one_view_is_one_in_all(page: Page, serve, five: Path) -> None:
    runs = {"CF_LAB_RUNS": str(five / "runs"), "CF_LAB_DATA": str(five / "data"), "CF_LAB_WORKERS": "1"}
    address = serve("app.py", **runs)
    page.context.add_cookies([{"name": COOKIE, "value": WORKSPACE, "url": address}])
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{address}/many_runs")
    points = page.locator(".st-key-many_scatter .scatterlayer .trace").first.locator(".points path")
    expect(points).to_have_count(5)
    row = page.locator(".st-key-many_chosen_row")
    expect(row).to_contain_text("5 runs, none chosen")
    wait_until_settled(page)
    for shown in (page.locator(".st-key-many_scatter .cf-plot"), page.get_by_test_id("stDataFrame")):
        box = shown.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 720
    points.first.click(force=True)
    expect(row).to_contain_text("1 of 5 runs chosen")
    wait_until_settled(page)
    page.get_by_role("radio", name="Curves").click()
    expect(page.locator(".st-key-many_curves .scatterlayer .trace")).to_have_count(1)

    page.get_by_role("radio", name="Parallel axes").click()
    brush = page.locator(".st-key-many_parallel .axis-brush").first
    expect(brush).to_be_visible()
    wait_until_settled(page)
    box = brush.bounding_box()
    assert box is not None
    across, foot = box["x"] + box["width"] / 2, box["y"] + box["height"]
    page.mouse.move(across, foot - 0.6 * box["height"])
    page.mouse.down()
    page.mouse.move(across, foot + 10, steps=8)
    page.mouse.up()
    expect(row).to_contain_text("3 of 5 runs chosen")  # 1, 2 and 4, in the lower 0.6 of the logarithms of 1 to 16
    wait_until_settled(page)
    page.get_by_role("radio", name="Curves").click()
    expect(page.locator(".st-key-many_curves .scatterlayer .trace")).to_have_count(3)
    page.reload()
    expect(row).to_contain_text("3 of 5 runs chosen")
    page.get_by_role("button", name="Choose none").click()
    expect(row).to_contain_text("none chosen")
    assert page.complaints == []
