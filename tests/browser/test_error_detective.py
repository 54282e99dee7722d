"""The detective in a real browser: from a bad prediction to the neighbours, kept by a reload, and on to the movie."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_from_a_bad_prediction_to_the_neighbours(student: Page, lab: str, idle) -> None:
    student.set_viewport_size({"width": 1280, "height": 720})
    student.goto(f"{lab}/errors")
    idle(student)
    student.locator(".st-key-errors_slices .cf-plot[data-state=drawn]").wait_for(timeout=60_000)
    student.get_by_role("radio", name="Worst predictions").click()
    student.locator(".st-key-errors_residuals .cf-plot[data-state=drawn]").wait_for()
    idle(student)
    table = student.locator("[class*=st-key-errors_table]").get_by_test_id("stDataFrame")
    table.click(position={"x": 12, "y": 35 + 17})  # the first row's box for choosing; the grid is a canvas
    panel = student.locator(".st-key-errors_panel")
    expect(panel.get_by_text("The user's mean over")).to_be_visible()
    expect(student).to_have_url(re.compile(r"case_user=\d+.*case_movie=\d+|case_movie=\d+.*case_user=\d+"))
    for step, said in (("Movie's column", "The movie's mean over"), ("Factors", "The parts sum up to")):
        student.get_by_role("radio", name=step).click()
        expect(panel.get_by_text(said)).to_be_in_viewport()
    student.get_by_role("radio", name="Neighbours", exact=True).click()
    chart = student.locator(".st-key-errors_neighbours .cf-plot[data-state=drawn]")
    expect(chart).to_be_in_viewport(ratio=0.95)
    expect(panel.get_by_text("On the whole: similar")).to_be_visible()
    idle(student)
    address = student.url
    student.reload()
    expect(chart).to_be_in_viewport(ratio=0.95)
    expect(student).to_have_url(address)
    student.get_by_role("button", name="Movie card").click()
    expect(student.get_by_role("dialog")).to_be_visible()
