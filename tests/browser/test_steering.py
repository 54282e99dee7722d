"""A run under its owner's hands in a real browser, through reloads and a server's death; and another browser without
that power."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import navigate
from tests.browser.steering import CURVES, SLOW, button, paused_at, wait_for_more

pytestmark = pytest.mark.browser

THREE_EPOCHS = "recipe=notebook-bias&notebook-bias.batch_size=16&notebook-bias.n_factors=100&notebook-bias.n_epochs=3"

PLOT = "document.querySelector('.st-key-curves .cf-plot')"


def run_box(page: Page):
    """The box of the sidebar in which the run is chosen."""
    return page.get_by_role("combobox", name="Run")


def wait_for(page: Page, batch: int) -> None:
    """Wait until the curve ends at that batch of the first epoch."""
    page.wait_for_function(f"(end) => Math.abs(({CURVES})().trained - end) < 1e-4", arg=batch / 5001, timeout=30_000)


def wait_for_end(page: Page, n_epochs: int) -> None:
    """Wait until the run has finished that many epochs."""
    page.wait_for_function(f"(end) => ({CURVES})().trained === end", arg=n_epochs, timeout=90_000)
    expect(page.get_by_text(re.compile(r"Validation: MSE 0\.\d"))).to_be_visible(timeout=30_000)


def test_start_pause_step_rate_stop_continue(page: Page, browser: Browser, enter, lab: str, idle) -> None:
    page.goto(f"{lab}/train?{SLOW}")
    page.locator(".st-key-start button").click()
    wait_for_more(page, 0)

    button(page, "Pause").click()
    batch = paused_at(page)
    button(page, "One batch").click()
    expect(page.get_by_text(f"paused at batch {batch + 1:,} of 5,001")).to_be_visible(timeout=10_000)
    wait_for(page, batch + 1)
    now = f"{PLOT}.data.find((trace) => trace.name === 'now').x[0]"
    page.wait_for_function(f"(at) => Math.abs({now} - at) < 1e-4", arg=(batch + 1) / 5001)  # on the plan of its rate

    page.reload()  # F5: the run is where it was, paused
    expect(page.get_by_text(f"paused at batch {batch + 1:,} of 5,001")).to_be_visible(timeout=30_000)
    wait_for(page, batch + 1)

    rate = page.get_by_role("slider", name="Rate from here on")
    rate.press("ArrowLeft")
    idle(page)
    button(page, "One epoch").click()
    page.wait_for_function(f"() => ({CURVES})().trained === 1 && ({CURVES})().rate === 0.05", timeout=30_000)
    expect(page.get_by_text("Held at 0.05 by hand.")).to_be_visible()
    button(page, "Back to the schedule").click()
    expect(page.get_by_text("The schedule moves it.")).to_be_visible(timeout=30_000)

    with enter(browser) as stranger:  # a second browser sees nothing of it
        stranger.goto(page.url)
        expect(stranger.get_by_text("No runs yet. Train one and it will be here.")).to_be_visible(timeout=30_000)

    page.locator(".st-key-stop button").click()
    expect(page.get_by_text(re.compile("Stopped in epoch"))).to_be_visible(timeout=30_000)
    button(page, "Another phase").click()
    page.get_by_role("slider", name="Epochs").last.press("Home")
    button(page, "Train 1 more").click()
    wait_for_end(page, 2)
    assert page.complaints == []


def test_a_shared_run_can_be_seen_and_nothing_more(page: Page, browser: Browser, enter, lab: str, idle) -> None:
    with enter(browser, lab) as owner:
        owner.goto(f"{lab}/runs")
        owner.get_by_label("Name", exact=True).fill("The lesson's best")
        owner.get_by_label("Name", exact=True).press("Enter")
        button(owner, "Make a link to share").click()
        link = owner.get_by_text(re.compile(r"/train\?shared=")).inner_text()
        page.goto(link)
        expect(page.get_by_text("Validation: MSE")).to_be_visible(timeout=30_000)
        expect(run_box(page)).to_have_value(re.compile("shared with you · The lesson's best"))
        for name in ("Another phase", "Resume", "Stop"):
            expect(button(page, name)).to_have_count(0)
        navigate(page, "Your runs")
        expect(page.get_by_text("No runs yet.", exact=True)).to_be_visible(timeout=30_000)
        assert button(page, "Delete this run").count() == 0

        button(owner, "Withdraw the link").click()
        idle(owner)
        page.goto(link)
        expect(page.get_by_text("no longer works")).to_be_visible(timeout=30_000)


def test_a_run_outlives_its_server(page: Page, serve_again, tmp_path: Path) -> None:
    """The server is killed with -9 in the middle: the run is there after the restart, interrupted, and goes on."""
    runs = str(tmp_path / "runs")
    address, kill = serve_again("app.py", CF_LAB_RUNS=runs, CF_LAB_WORKERS="1")
    page.goto(f"{address}/train?{THREE_EPOCHS}")
    page.locator(".st-key-start button").click()
    page.wait_for_function(f"() => ({CURVES})().trained > 1.1", timeout=60_000)
    kill()

    address, _ = serve_again("app.py", CF_LAB_RUNS=runs, CF_LAB_WORKERS="1")
    page.goto(f"{address}/train")  # cookies do not know ports: the workspace is the same
    resume = page.get_by_role("button", name=re.compile("Resume from epoch [12] of 3"))
    expect(resume).to_be_visible(timeout=60_000)
    resume.click()
    wait_for_end(page, 3)
