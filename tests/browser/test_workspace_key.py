"""The key of a workspace in a real browser: cookies, the address and its history, and what else could give it away."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cf_core.runs.workspace import workspace_name
from tests.browser.conftest import COOKIE, WORKSPACE, wait_until_idle

pytestmark = pytest.mark.browser

OTHER = "o" * 32


def cookies(page: Page) -> dict[str, str]:
    """The cookies that the browser has, by name."""
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def until_kept(page: Page, name: str, value: str) -> None:
    """Wait until the browser has the cookie."""
    page.wait_for_function("(pair) => document.cookie.split('; ').includes(pair)", arg=f"{name}={value}")


@pytest.mark.parametrize("ending", [f"?workspace=open#{OTHER}", f"?workspace={OTHER}"])
def test_an_address_alone_changes_nothing(lab: str, browser: Browser, enter, ending: str) -> None:
    with enter(browser, lab) as page:
        page.goto(f"{lab}/runs")
        expect(page.get_by_text(workspace_name(WORKSPACE))).to_be_visible()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url + str(request.headers.get("referer"))))
        page.goto(f"{lab}/runs{ending}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Open another workspace?")
        expect(page).to_have_url(f"{lab}/runs")
        wait_until_idle(page)
        assert cookies(page)[COOKIE] == WORKSPACE
        if "#" in ending:
            assert not [url for url in asked if OTHER in url.partition("#")[0]]
            assert not [url for url in asked if OTHER in url.partition("None")[2]]

        page.get_by_role("button", name="Stay in mine").click()
        expect(page.get_by_text(workspace_name(WORKSPACE))).to_be_visible()
        wait_until_idle(page)
        assert cookies(page)[COOKIE] == WORKSPACE
        assert OTHER not in page.url
        page.go_back()
        page.wait_for_url(re.compile("/runs"))
        assert OTHER not in page.url
        assert page.complaints == []


def test_the_one_that_is_left_has_a_way_back_after_the_browser_was_closed(lab: str, browser: Browser, enter) -> None:
    with enter(browser, lab) as page:
        page.goto(f"{lab}/runs?workspace=open#{OTHER}")
        page.get_by_role("button", name="Open it").click()
        expect(page.get_by_text("No runs yet.").first).to_be_visible()
        until_kept(page, COOKIE, OTHER)
        until_kept(page, "cf_lab_earlier", WORKSPACE)
        page.reload()
        expect(page.get_by_text(workspace_name(OTHER))).to_be_visible()
        page.locator(f".st-key-runs_back_to_{workspace_name(WORKSPACE)} button").click()
        until_kept(page, COOKIE, WORKSPACE)
        expect(page.get_by_test_id("stDataFrame")).to_be_visible()
        assert page.complaints == []


def test_another_tab_is_not_pulled_along_and_does_not_pull_back(lab: str, browser: Browser, enter) -> None:
    with enter(browser, lab) as page:
        page.goto(f"{lab}/runs")
        expect(page.get_by_text(workspace_name(WORKSPACE))).to_be_visible()
        second = page.context.new_page()
        second.goto(f"{lab}/runs?workspace={OTHER}")
        second.get_by_role("button", name="Open it").click()
        until_kept(second, COOKIE, OTHER)
        page.get_by_role("button", name="Make a bookmark").click()
        expect(page.get_by_text(f"/runs?workspace=open#{WORKSPACE}")).to_be_visible()
        wait_until_idle(page)
        assert cookies(page)[COOKIE] == OTHER


def test_a_bookmark_opens_the_workspace_in_another_browser(lab: str, page: Page) -> None:
    page.goto(f"{lab}/runs?workspace=open#{WORKSPACE}")
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(page.get_by_role("combobox", name="Run")).to_have_value(re.compile(r"\S"))
    until_kept(page, COOKIE, WORKSPACE)
    page.get_by_role("button", name="Start an empty workspace").click()
    expect(page.get_by_text("No runs yet.", exact=True)).to_be_visible()
    assert page.complaints == []


def test_ones_own_bookmark_opens_without_a_question(lab: str, browser: Browser, enter) -> None:
    with enter(browser, lab) as page:
        page.goto(f"{lab}/runs?workspace=open#{WORKSPACE}")
        expect(page.get_by_test_id("stDataFrame")).to_be_visible()
        assert WORKSPACE not in page.url
        assert page.complaints == []


def test_a_bookmark_that_was_cut_short_says_so(lab: str, browser: Browser, enter) -> None:
    with enter(browser, lab) as page:
        page.goto(f"{lab}/runs?workspace=open#{OTHER[:20]}")
        expect(page.get_by_text("part of it is missing")).to_be_visible()
        page.get_by_role("button", name="Go on in mine").click()
        expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def test_no_token_in_the_log_the_files_or_the_code(page: Page, serve, idle, tmp_path: Path) -> None:
    """A whole visit: training, sharing, another key, an error; and what the server wrote and gave to take away."""
    address = serve("app.py", CF_LAB_RUNS=str(tmp_path / "runs"), CF_LAB_WORKERS="1", STREAMLIT_LOGGER_LEVEL="debug")
    page.goto(f"{address}/train?recipe=fast")
    page.locator(".st-key-start button").click()
    expect(page.get_by_text(re.compile(r"RMSE 0\.8")).first).to_be_visible()
    secrets = {cookies(page)[COOKIE]}

    page.goto(f"{address}/runs")
    page.get_by_role("button", name="Make a link to share").click()
    link = page.get_by_text(re.compile(r"/train\?shared=")).inner_text()
    secrets.add(link.partition("shared=")[2].strip())
    page.goto(f"{address}/train?shared={'s' * 32}")
    expect(page.get_by_text("no longer works")).to_be_visible()
    page.goto(f"{address}/train")
    page.get_by_role("radio", name="Code").click()
    with page.expect_download() as script:
        page.get_by_role("button", name="Script").click()

    page.goto(f"{address}/runs")
    page.get_by_role("button", name="Change the key").click()
    page.get_by_role("button", name="Change it now").click()
    expect(page.get_by_text("has a new key")).to_be_visible()
    idle(page)
    secrets.add(cookies(page)[COOKIE])
    assert len(secrets) == 3

    written = [script.value.path(), *tmp_path.glob("server-*.log")]
    written += [file for file in (tmp_path / "runs").rglob("*") if file.is_file() and "sqlite" not in file.name]
    assert len(written) > 4
    for file in written:
        assert not [secret for secret in secrets if secret.encode() in Path(file).read_bytes()], file
