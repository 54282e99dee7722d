"""What is typed while a page runs again stays: in every box of every page, however late the server answers."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute

pytestmark = pytest.mark.browser

PATHS = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("[!_]*.py"))
AT_FIRST = ["facts?movie=99999999", "best_and_worst?movie=99999999", "movie_map?shared=gone"]
"""Addresses of pages that say at first, and only at first, that there is no such movie or run."""

EVERYWHERE = ":is(.st-key-data, .st-key-run_box) *"
"""The boxes that all pages share."""

BOXES = "input:is([role=combobox], [type=text], [type=number]), textarea"
TYPED, PER_KEY = "17", 60  # in milliseconds


class Server:
    """What the server sends to a page, which can be held back."""

    def __init__(self, page: Page) -> None:
        self._holds, self._held = False, list[tuple[WebSocketRoute, str | bytes]]()
        page.route_web_socket(re.compile("/_stcore/stream"), self._route)

    def _route(self, to_page: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            if self._holds:
                self._held.append((to_page, message))
            else:
                to_page.send(message)

        to_page.connect_to_server().on_message(pass_on)

    def hold(self) -> None:
        self._holds = True

    def release(self) -> None:
        self._holds = False
        for to_page, message in self._held:
            to_page.send(message)
        self._held.clear()


@pytest.fixture(scope="module")
def page_and_server(browser: Browser, lab: str, enter) -> Iterator[tuple[Page, Server]]:
    with enter(browser, lab) as page:
        yield page, Server(page)


def open_all(page: Page, address: str, idle: Callable[[Page], None]) -> None:
    """Open a page and all that is folded on it."""
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    idle(page)
    folded = page.locator("details:not([open]) > summary:visible")
    while folded.count():
        folded.first.click()
        page.wait_for_timeout(300)  # some ask the server for what they hold
        idle(page)


def type_while_it_runs(page: Page, server: Server, box: Locator, idle: Callable[[Page], None]) -> str:
    """Have the page run again, type before it gets to hear of it, and give what then is in the box."""
    before = box.input_value()
    page.evaluate("document.activeElement.blur()")
    server.hold()
    page.keyboard.press("r")  # Streamlit's key for running again
    box.click()
    if box.get_attribute("role") != "combobox":
        page.keyboard.press("Control+a")
    page.keyboard.type(TYPED, delay=PER_KEY)
    server.release()
    idle(page)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    after = box.input_value()
    box.fill(before)
    page.keyboard.press("Escape")
    return after


@pytest.mark.parametrize("path", PATHS + AT_FIRST)
def test_what_is_typed_stays(page_and_server: tuple[Page, Server], lab: str, idle, path: str) -> None:
    page, server = page_and_server
    open_all(page, f"{lab}/{'' if path == 'start' else path}", idle)
    boxes = page.locator(f":is({BOXES}):visible:enabled" + ("" if path == "start" else f":not({EVERYWHERE})"))
    found: dict[tuple[str, int], str] = {}
    labels = [box.get_attribute("aria-label") or "" for box in boxes.all()]
    for label in labels[: 1 if path in AT_FIRST else None]:  # once it has run again, it is as without that address
        number = sum(other == label for other, _ in found)  # some boxes have the same label
        box = boxes.and_(page.get_by_label(label, exact=True)).nth(number)
        found[label, number] = type_while_it_runs(page, server, box, idle)
    assert found == dict.fromkeys(found, TYPED)
    assert page.complaints == []
