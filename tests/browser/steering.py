"""What tests of a run in training press and see on its page."""

import re

from playwright.sync_api import Locator, Page

SLOW = "recipe=notebook-bias&notebook-bias.batch_size=16&notebook-bias.n_factors=150"
"""A run whose epochs take some seconds, so that there is time to steer it, or to kill its server within them."""

CURVES = """() => {
    const plot = document.querySelector(".st-key-curves .cf-plot");
    const line = (name) => plot?.data?.find((trace) => trace.name === name);
    return { trained: line("training loss")?.x.at(-1) ?? 0, rate: line("learning rate")?.y.at(-1) ?? 0 };
}"""


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def trained(page: Page) -> float:
    """How many epochs the training curve has."""
    return page.evaluate(CURVES)["trained"]


def paused_at(page: Page) -> int:
    """The batch at which the run says that it waits, within the second epoch at most."""
    text = page.get_by_text(re.compile("paused at batch"))
    text.wait_for(timeout=10_000)
    return int(re.search(r"batch ([\d,]+)", text.inner_text()).group(1).replace(",", ""))


def wait_for_more(page: Page, before: float) -> None:
    page.wait_for_function(f"(before) => ({CURVES})().trained > before", arg=before, timeout=30_000)
