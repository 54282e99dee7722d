"""Homework from link to result: a teacher makes it, a student in another browser works on it, the teacher opens what
was handed in; what was edited is refused."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

SHEET = {"width": 688, "height": 1017}
"""A4 within margins of 14 mm, in pixels of 96 to the inch."""


def make_link(teacher: Page, lab: str) -> str:
    """A task with two epochs of `fast` and a goal that they reach."""
    teacher.goto(f"{lab}/homework?homework.fast.n_epochs=2&homework.title=Two+epochs")
    goal = teacher.get_by_role("spinbutton", name="Goal: RMSE (stars)")
    before = teacher.locator(".st-key-homework_link code").inner_text()
    goal.fill("1.5")
    goal.press("Enter")
    link = teacher.locator(".st-key-homework_link code")
    expect(link).not_to_have_text(before)
    return link.inner_text()


def work(student: Page, link: str) -> str:
    """Train once, and make the result; the link to hand in."""
    student.goto(link)
    expect(student.get_by_role("heading", name="Two epochs")).to_be_visible()
    student.locator(".st-key-homework_train button").click()
    expect(student.get_by_text("Your last run finished")).to_be_visible()
    expect(student.get_by_text("Goal reached")).to_be_visible()
    name = student.get_by_role("textbox", name="Your name, to print on the result")
    name.fill("Ada Lovelace")
    name.press("Enter")
    student.locator(".st-key-homework_hand_in button").click()
    return student.locator(".st-key-homework_hand_on code").inner_text()


def check_paper(page: Page) -> None:
    """It fits one sheet, without what is there to be pressed."""
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    page.emulate_media(media="print")
    page.set_viewport_size(SHEET)
    for gone in ('[data-testid="stSidebar"]', '[data-testid="stHeader"]', ".st-key-homework_hand_on"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.get_by_text("Ada Lovelace")).to_be_visible()
    expect(page.get_by_text("random, 20% to validate, seed 42")).to_be_visible()


def test_a_link_from_teacher_to_student_and_back(browser: Browser, lab: str, enter) -> None:
    with enter(browser) as teacher, enter(browser) as student:
        link = make_link(teacher, lab)
        result = work(student, link)
        teacher.goto(result)
        expect(teacher.get_by_text("Genuine: signed by this lab")).to_be_visible()
        expect(teacher.get_by_text("Ada Lovelace")).to_be_visible()
        expect(teacher.locator(".st-key-homework_result_curve .cf-plot[data-state=drawn]")).to_be_visible()
        check_paper(teacher)
        at = len(link) - 60
        student.goto(link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1 :])
        expect(student.get_by_text("This link was edited")).to_be_visible()
        assert teacher.complaints == student.complaints == []
