"""The app under a path, behind a proxy that ends TLS, for a user without a home: everything is found, cookies keep to
the path and to HTTPS, and the proxy's log has no key."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import COOKIE, entering, wait_until_idle
from tests.browser.proxy import proxy, self_signed

pytestmark = pytest.mark.browser


def test_under_a_path_with_https(browser: Browser, serve, tmp_path: Path) -> None:
    direct = serve(
        "app.py",
        CF_LAB_RUNS=str(tmp_path / "runs"),
        CF_LAB_WORKERS="1",
        STREAMLIT_SERVER_BASE_URL_PATH="lab/cf",
        HOME="/nonexistent",
    )
    with proxy(urlsplit(direct).port or 0, self_signed(tmp_path)) as (port, log):
        home = f"https://127.0.0.1:{port}/lab/cf"
        with entering(browser, ignore_https_errors=True) as page:
            page.goto(f"{home}/train?recipe=fast")
            page.locator(".st-key-start button").click()
            expect(page.get_by_text(re.compile(r"RMSE 0\.8")).first).to_be_visible()
            page.locator(".st-key-curves .cf-plot[data-state=drawn]").wait_for()
            cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
            assert {
                (cookie["path"], cookie["secure"]) for name, cookie in cookies.items() if name.startswith("cf_lab")
            } == {("/lab/cf", True)}
            token = cookies[COOKIE]["value"]

            page.goto(f"{home}/runs")
            page.get_by_role("button", name="Make a bookmark").click()
            bookmark = f"{home}/runs?workspace=open#{token}"
            expect(page.get_by_text(bookmark)).to_be_visible()
            page.get_by_role("button", name="Make a link to share").click()
            expect(page.get_by_text(f"{home}/train?shared=")).to_be_visible()
            wait_until_idle(page)
        with entering(browser, ignore_https_errors=True) as other:
            other.goto(bookmark)
            other.get_by_role("button", name="Open it").click()
            expect(other.get_by_test_id("stDataFrame")).to_be_visible()
            expect(other).not_to_have_url(re.compile(f"workspace|{token}"))
        without_cookies = [line for request in log for line in request.splitlines() if not line.startswith("Cookie:")]
        assert any("/lab/cf/_stcore/stream" in line for line in without_cookies)
        assert not [line for line in without_cookies if token in line]
