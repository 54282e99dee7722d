"""A class in four browsers: a teacher and three students, from the code on the projector to the record at the end."""

import contextlib
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import wait_until_settled

pytestmark = pytest.mark.browser

Enter = Callable[..., contextlib.AbstractContextManager[Page]]
ROUGH, GOOD = "0.001", "0.05"
POINTS = ".st-key-class_points_learning_rate .cf-plot"
RUNS = """(plot) => plot.data.filter((trace) => trace.customdata)
    .flatMap((trace) => trace.customdata.map((about, i) => [about[0], trace.x[i], trace.y[i]]))"""
"""Nickname, learning rate and RMSE of each point."""


@pytest.fixture
def people(browser: Browser, enter: Enter) -> Iterator[Callable[[], Page]]:
    """`people()`: another browser."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(enter(browser))


def open_class(page: Page, lab: str) -> str:
    """As a teacher, with two epochs; the code."""
    page.goto(f"{lab}/classroom?class_way_in=Open+a+class")
    page.get_by_role("combobox", name="Epochs").click()
    page.get_by_role("option", name="2", exact=True).click()
    wait_until_settled(page)
    page.get_by_role("button", name="Open the class").click()
    expect(page.locator(".class-code")).to_have_text(re.compile(r"^\w{3} \w{3}$"))
    return page.locator(".class-code").inner_text()


def join(page: Page, nickname: str) -> None:
    page.get_by_role("textbox", name="Your nickname").fill(nickname)
    page.get_by_role("textbox", name="Your nickname").press("Enter")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()


def train(page: Page, rate: str) -> None:
    """With that learning rate, to the end."""
    slider = page.get_by_test_id("stSidebar").get_by_role("slider", name="Learning rate")
    while not slider.get_attribute("aria-valuetext").startswith(f"{rate} ") and (
        slider.get_attribute("aria-valuetext") != rate
    ):
        slider.press("ArrowLeft")
    wait_until_settled(page)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Your last run: finished")).to_be_visible()


def runs_on(page: Page, n: int) -> list[tuple[str, float, float]]:
    """What the board shows, once it is so many runs."""
    plot = f"document.querySelector('{POINTS}')"  # looked up each time: the page may have put another one there
    page.wait_for_function(f"(n) => {plot}?.data && ({RUNS})({plot}).length === n", arg=n)
    return [tuple(run) for run in page.evaluate(f"() => ({RUNS})({plot})")]


def test_a_class_from_its_code_to_its_record(lab: str, people: Callable[[], Page]) -> None:
    teacher, ada, bo, eve = people(), people(), people(), people()
    code = open_class(teacher, lab)
    ada.goto(f"{lab}/classroom?join={code.replace(' ', '')}")
    join(ada, "Ada")
    for student, nickname in ((bo, "<b>Bo</b>"), (eve, "Eve")):
        student.goto(f"{lab}/classroom")
        student.get_by_role("textbox", name="Code of the class").fill(code.lower())
        join(student, nickname)
    train(ada, GOOD)
    train(bo, ROUGH)
    train(eve, "0.002")

    board = runs_on(teacher, 3)
    assert {name: rate for name, rate, _ in board} == {"Ada": 0.05, "&lt;b>Bo&lt;/b>": 0.001, "Eve": 0.002}
    assert min(board, key=lambda run: run[2])[0] == "Ada"
    expect(teacher.locator(".st-key-class_ranking [role=img]")).to_have_attribute(
        "aria-label", re.compile(r"3 runs of 3 members\. 1\. Ada 0\.\d{4}")
    )

    expect(eve.get_by_text(re.compile(r"2nd of 3|3rd of 3"))).to_be_visible()
    bo.get_by_role("combobox", name="Look at a run").click()
    bo.get_by_role("option", name=re.compile("^Ada")).click()
    bo.get_by_role("button", name="Take these settings").click()
    slider = bo.get_by_test_id("stSidebar").get_by_role("slider", name="Learning rate")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^{GOOD}"))

    teacher.get_by_role("button", name="Members (3)").click()
    box = teacher.locator(".st-key-saved_class_member_table_0 canvas").first.bounding_box()
    teacher.mouse.click(box["x"] + 16, box["y"] + box["height"] * 3.5 / 4)
    expect(teacher.get_by_text("Remove Eve?")).to_be_visible()
    teacher.get_by_role("button", name="Remove", exact=True).click()
    expect(teacher.get_by_role("button", name="Members (2)")).to_be_visible()
    left = runs_on(teacher, 2)
    expect(eve.get_by_text("The teacher has removed you")).to_be_visible()

    teacher.keyboard.press("Escape")
    teacher.get_by_role("button", name="End", exact=True).click()
    teacher.get_by_role("button", name="End the class").click()
    expect(bo.get_by_text("Ada won with RMSE")).to_be_visible()
    with bo.expect_download() as saved:
        bo.get_by_role("button", name="Record").click()
    check_record(saved.value.path().read_bytes(), left)
    bo.get_by_role("button", name="Open the best run").click()
    expect(bo.get_by_role("heading", level=1)).to_have_text("Train")
    expect(bo.get_by_role("combobox", name="Run")).to_have_value(re.compile("^shared with you"))

    stranger = people()
    stranger.goto(f"{lab}/classroom?teach=open#{'k' * 32}")
    expect(stranger.get_by_text("leads to no class")).to_be_visible()
    teacher.get_by_role("button", name="Your address").click()
    address = teacher.get_by_text("/classroom?teach=open#").inner_text()
    stranger.goto(address)
    expect(stranger.get_by_role("button", name="Projector")).to_be_visible()
    assert "#" not in stranger.url and "teach" not in stranger.url
    assert [page.complaints for page in (teacher, ada, bo, eve, stranger)] == [[], [], [], [], []]


def check_record(packed: bytes, board: list[tuple[str, float, float]]) -> None:
    """The record says what the board did."""
    with zipfile.ZipFile(io.BytesIO(packed)) as record:
        rows = list(csv.DictReader(io.StringIO(record.read("board.csv").decode())))
        about = json.loads(record.read("record.json"))
    told = {row["nickname"]: (float(row["learning_rate"]), round(float(row["rmse"]), 5)) for row in rows}
    assert told == {name.replace("&lt;", "<"): (rate, rmse) for name, rate, rmse in board}
    assert (about["best"][0]["nickname"], about["figures"]["members"]) == ("Ada", 2)
