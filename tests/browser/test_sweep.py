"""A sweep in a real browser, from the page to its winner: points land, it pauses, goes on and ends, and the winner's
run opens in Train."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import wait_until_settled
from tests.tiny import write_tiny_data

pytestmark = pytest.mark.browser


def test_a_sweep_from_the_page_to_its_winner(page: Page, serve, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write_tiny_data(tmp_path / "data" / "tiny", 60)
    address = serve(
        "app.py", CF_LAB_RUNS=str(tmp_path / "runs"), CF_LAB_DATA=str(tmp_path / "data"), CF_LAB_WORKERS="1"
    )
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{address}/sweep?recipe=fast&sweep_method=Random&sweep_trials=500")
    start = page.get_by_role("button", name="Start", exact=True)
    expect(page.get_by_text("500 trials at random over factors, learning rate, weight decay")).to_be_visible()
    start.click()
    points = page.locator(".st-key-sweep_progress .scatterlayer .trace .points path")
    expect(points.first).to_be_visible()
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_text(re.compile(r"\d of 500 trials.* · paused"))).to_be_visible()
    landed = points.count()
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(points.nth(landed)).to_be_visible()
    page.get_by_role("button", name="Stop here", exact=True).click()
    expect(page.get_by_test_id("stMetric")).to_have_count(3)
    inner, validation, _ = page.get_by_test_id("stMetricValue").all_inner_texts()
    assert re.fullmatch(r"\d\.\d{4}", inner) and re.fullmatch(r"\d\.\d{4}", validation)
    wait_until_settled(page)
    plot = page.locator(".st-key-sweep_progress .cf-plot").bounding_box()
    assert plot is not None and plot["y"] + plot["height"] <= 720
    page.get_by_role("button", name="Open it in Train").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Train")
    expect(page.get_by_text(f"RMSE {float(validation):.3f}")).to_be_visible()
    assert page.complaints == []
