"""The Train page as a theatre in a real browser: what a student does before, while and after a model learns."""

import html
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cf_core.charts.style import PURPLE
from tests.browser.conftest import navigate

pytestmark = pytest.mark.browser

PLOT = "document.querySelector('.st-key-{} .cf-plot')"
TRACES = f"() => {PLOT.format('curves')}?.data?.map((trace) => trace.name) ?? []"
DRAWN = ".st-key-{} .cf-plot[data-state=drawn]"


def option(page: Page, name: str):
    """One choice of a segmented control."""
    return page.get_by_role("radio", name=name, exact=True)


def button(page: Page, name: str | re.Pattern[str]):
    return page.get_by_role("button", name=name, exact=isinstance(name, str))


def finished(page: Page) -> None:
    expect(page.get_by_text(re.compile(r"Validation: MSE 0\.\d"))).to_be_visible(timeout=60_000)


def test_predict_train_and_be_answered(student: Page, lab: str, idle) -> None:
    student.goto(f"{lab}/train?recipe=fast&fast.n_epochs=3")  # the last run is what the guess is about
    student.locator(".st-key-start button").click(timeout=60_000)
    expect(student.get_by_role("combobox", name="Run")).to_have_value(re.compile(r"^fast · 0\.8"))
    finished(student)
    student.goto(f"{lab}/train?recipe=fast&fast.n_epochs=2")
    student.locator(".st-key-predict_first button").first.click(timeout=60_000)
    option(student, "worse").click()
    option(student, "user and movie means").click()
    idle(student)
    student.locator(".st-key-start button").click()
    button(student, re.compile("Your guess: 2 of 2 right")).click(timeout=60_000)
    expect(student.get_by_text(re.compile("Against the last run. You said: worse"))).to_be_visible()
    expect(student.get_by_text("Your score 2 of 2.")).to_be_visible()


def test_the_average_and_the_metric_change_the_curves(student: Page, lab: str, idle) -> None:
    student.goto(f"{lab}/train")
    student.wait_for_selector(DRAWN.format("curves"), timeout=60_000)
    student.wait_for_function(f"({TRACES})().includes('training loss, smoothed')")
    student.locator(".st-key-train_looks button").first.click()
    smoothing = student.get_by_role("slider", name="Smoothing")
    smoothing.press("Home")
    student.wait_for_function(f"!({TRACES})().includes('training loss, smoothed')")
    option(student, "RMSE").click()
    student.wait_for_function(f"{PLOT.format('curves')}._fullLayout.yaxis.title.text === 'loss (RMSE, stars)'")


def test_a_bad_combination_is_explained_and_one_click_takes_it_back(student: Page, lab: str, idle) -> None:
    student.goto(f"{lab}/train?recipe=notebook-learner&notebook-learner.learning_rate=0.5")
    warning = student.get_by_text(re.compile("A learning rate of 0.5 is far too high here"))
    expect(warning).to_be_visible(timeout=60_000)
    button(student, "Learning rate: 0.5 → 0.01").click()
    expect(warning).to_have_count(0)
    expect(student.get_by_text("All as in the recipe.")).to_be_visible()


def test_the_model_is_open(student: Page, lab: str, idle) -> None:
    student.goto(f"{lab}/train")
    option(student, "Model").click(timeout=60_000)
    student.wait_for_selector(DRAWN.format("train_norms"), timeout=60_000)
    expect(student.get_by_text("EmbeddingDotBias(")).to_be_visible()
    option(student, "Prediction").click()
    student.wait_for_selector(DRAWN.format("prediction"), timeout=60_000)
    prediction = student.get_by_text(re.compile("Given: "))
    before = prediction.inner_text()
    button(student, "Another rating at random").click()
    expect(prediction).not_to_have_text(before)
    expect(prediction).to_be_visible()
    option(student, "Code").click()
    expect(student.get_by_text("import torch").first).to_be_visible()
    run = student.get_by_role("combobox", name="Run").input_value()
    with student.expect_download() as download:
        button(student, "Notebook").click()
    cells = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["cells"]
    assert html.unescape("".join(cells[0]["source"])).startswith(f"# {run}\n")


def test_two_at_once(student: Page, lab: str, idle) -> None:
    student.goto(f"{lab}/train?recipe=fast&fast.n_epochs=1&fast.n_factors=5")
    student.locator(".st-key-start button").click(timeout=60_000)
    finished(student)
    navigate(student, "Compare runs")
    student.wait_for_selector(DRAWN.format("compare"), timeout=60_000)
    names = student.evaluate(f"() => {PLOT.format('compare')}.data.map((trace) => trace.name)")
    assert len({name.partition(",")[0] for name in names}) == 2
    expect(student.get_by_text("Settings that differ")).to_be_visible()


MARK = (
    f"(({PLOT.format('curves')}?.layout ?? {{ shapes: [{{ x0: null, line: {{ color: '{PURPLE}' }} }}] }})"
    f".shapes.find(({{ line }}) => line.color === '{PURPLE}')?.x0)"
)
"""Where the line of the film stands on the curves: undefined without one, null while there is no plot."""


def test_the_film_is_scrubbed_and_played_and_the_curves_follow(student: Page, lab: str, idle) -> None:
    student.goto(f"{lab}/train")
    option(student, "Movies").click(timeout=60_000)
    student.wait_for_selector(DRAWN.format("film"), timeout=60_000)
    title = f"{PLOT.format('film')}._fullLayout.title.text"
    at_the_end = student.evaluate(title)
    student.locator(".st-key-train_film_slider").get_by_role("slider").press("Home")
    student.wait_for_function(f"{MARK} === 0")
    student.wait_for_function(f"{title} !== {at_the_end!r}")
    button(student, "Play").click()
    student.wait_for_function(f"{MARK} === undefined", timeout=60_000)  # it has come to the end
    student.wait_for_function(f"{title} === {at_the_end!r}")
    option(student, "Biases").click()
    student.wait_for_selector(DRAWN.format("distributions"), timeout=60_000)


def test_break_it(student: Page, lab: str, idle) -> None:
    student.goto(f"{lab}/break_it")
    button(student, "Break it").click(timeout=60_000)
    expect(student.get_by_text("What happened")).to_be_visible(timeout=90_000)
    expect(button(student, "Break it again")).to_be_visible()
