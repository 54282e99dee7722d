"""Ranking in a real browser: a click on a point shows that ranker's list, and a reload keeps it."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

EASE = """() => {
    const plot = document.querySelector(".st-key-ranking .cf-plot"), { xaxis, yaxis } = plot._fullLayout;
    const frame = plot.getBoundingClientRect(), [points] = plot.data;
    const row = points.customdata.findIndex((facts) => facts.at(-1) === "ease");
    const [x, y] = [xaxis.d2p(points.x[row]), yaxis.d2p(points.y[row])];
    return [frame.left + xaxis._offset + x, frame.top + yaxis._offset + y];
}"""


def test_a_click_on_a_point_shows_what_that_ranker_shows(student: Page, lab: str, idle) -> None:
    student.goto(f"{lab}/ranking")
    student.locator(".st-key-ranking .cf-plot[data-state=drawn]").wait_for(timeout=60_000)
    idle(student)
    figures = student.locator(".st-key-ranking_panel")
    expect(figures).to_contain_text("RMSE 0.87")
    left, top = student.evaluate(EASE)
    student.mouse.move(left - 2, top)
    student.mouse.move(left, top)
    student.locator(".st-key-ranking .hovertext").first.wait_for()
    student.mouse.click(left, top)
    expect(figures).to_contain_text("NDCG@10 0.297")
    expect(figures).to_contain_text("predicts no stars")
    expect(student).to_have_url(re.compile("ranker=ease"))
    idle(student)
    student.reload()
    expect(student.locator(".st-key-ranking_panel")).to_contain_text("NDCG@10 0.297", timeout=60_000)
