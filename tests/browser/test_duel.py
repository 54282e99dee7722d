"""Two runs side by side in a real browser: their errors, their rankings, and what they recommend."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_theatre import DRAWN, button, option

pytestmark = pytest.mark.browser

PLOT = "document.querySelector('.st-key-compare_ranking .cf-plot')"
LAST_BAR = f"""() => {{
    const plot = {PLOT}, {{ xaxis, yaxis }} = plot._fullLayout, bars = plot.data.at(-1);
    const box = plot.getBoundingClientRect(), [x, y] = [xaxis.d2p(bars.x.at(-1)), yaxis.d2p(bars.y.at(-1) / 2)];
    return [box.x + xaxis._offset + x, box.y + yaxis._offset + y];
}}"""
"""Where the bar of the user for whom B is furthest ahead is on the screen."""


def test_the_duel(student: Page, lab: str, idle) -> None:
    student.set_viewport_size({"width": 1280, "height": 720})
    student.goto(f"{lab}/train?recipe=fast&fast.n_epochs=4&fast.n_factors=8")
    student.locator(".st-key-start button").click(timeout=60_000)
    run_box = student.get_by_role("combobox", name="Run", exact=True)
    expect(run_box).to_have_value(re.compile(r"^fast · 8 factors · 0\.8"), timeout=60_000)

    student.goto(f"{lab}/compare?compare_view=Errors")
    student.wait_for_selector(DRAWN.format("compare_errors"), timeout=60_000)
    expect(student.get_by_text(re.compile(r"clearly better")).first).to_be_visible()
    option(student, "Ranking").click()
    student.wait_for_selector(DRAWN.format("compare_ranking"), timeout=60_000)
    idle(student)
    x, y = student.evaluate(LAST_BAR)
    student.mouse.move(x - 2, y)
    student.mouse.move(x, y)
    tip = student.locator(".st-key-compare_ranking .hovertext").first
    user = re.search(r"user (\d+)", tip.text_content()).group(1)
    student.mouse.click(x, y)
    expect(student.get_by_role("combobox", name="User", exact=True)).to_have_value(user)
    expect(student).to_have_url(re.compile(rf"compare_user={user}\b"))

    option(student, "What to watch").click()
    expect(student.get_by_text(re.compile("are on both lists"))).to_be_visible()
    student.reload()
    expect(student.get_by_text(re.compile("are on both lists"))).to_be_visible()
    expect(student.get_by_role("combobox", name="User", exact=True)).to_have_value(user)
    assert button(student, "Train one").count() == 0
