"""Made-up ratings in a real browser: make them, train, and click a run of too many factors."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_make_train_and_look_at_a_run_of_too_many_factors(lab: str, page: Page) -> None:
    page.goto(f"{lab}/made_up")
    page.get_by_role("button", name="Make ratings").click()
    train = page.locator(".st-key-train_all").get_by_role("button")
    expect(train).to_contain_text("Train with 1, 2, 3, 6, 12 factors")
    train.click()
    expect(train).to_contain_text("All trained")
    panel = page.locator(".st-key-found_panel")
    expect(panel).to_contain_text("The run with 3 factors")  # as many as are planted: the best
    points = page.locator(".st-key-error_over_factors .scatterlayer .trace").first.locator(".points path")
    expect(points).to_have_count(5)
    points.last.click(force=True)
    expect(panel).to_contain_text("The run with 12 factors")
    expect(panel.locator('[role="img"][aria-label^="Recovered of what was planted: factor 1"]')).to_be_visible()
    page.reload()
    expect(panel).to_contain_text("The run with 12 factors")
    assert page.complaints == []
