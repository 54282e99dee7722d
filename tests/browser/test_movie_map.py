"""The movie map in a real browser: search, tooltip, lasso, names, and axes of one's own."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PLOT = "document.querySelector('.st-key-map .cf-plot')"
RANGES = f"(({{ xaxis, yaxis }}) => [...xaxis.range, ...yaxis.range])({PLOT}._fullLayout)"
PLACE = f"""(title) => {{
    const {{ points }} = {PLOT}, {{ ax, bx, ay, by }} = points.frame(), box = points.canvas.getBoundingClientRect();
    const i = points.layer.titles.indexOf(title);
    return [box.left + points.data.x[i] * ax + bx, box.top + points.data.y[i] * ay + by];
}}"""
SELECTED = f"{PLOT}.points.selected?.reduce((n, byte) => n + byte.toString(2).replaceAll('0', '').length, 0) ?? 0"


@pytest.fixture
def at_map(student: Page, lab: str, idle) -> Page:
    student.goto(f"{lab}/movie_map")
    student.wait_for_selector(".st-key-map .cf-plot[data-state=drawn]", timeout=60_000)
    idle(student)
    return student


def find(page: Page, title: str) -> None:
    page.locator(".st-key-map_found").get_by_role("combobox").fill(title)
    page.get_by_role("option", name=title).click()
    page.keyboard.press("Escape")


def open_section(page: Page, name: str) -> None:
    page.locator(".st-key-map_section").get_by_text(name, exact=True).click()


def test_a_search_pans_to_the_movie_and_names_its_surroundings(at_map: Page, idle) -> None:
    whole = at_map.evaluate(RANGES)
    find(at_map, "Toy Story (1995)")
    at_map.wait_for_function(f"(width) => {RANGES}[1] - {RANGES}[0] < 0.95 * width", arg=whole[1] - whole[0])
    idle(at_map)
    expect(at_map.locator(".st-key-map .textpoint")).to_contain_text(["Toy Story"])
    at_map.wait_for_function(f"() => {PLOT}.querySelectorAll('.cf-name').length > 2")
    boxes = at_map.evaluate(
        f"() => [...{PLOT}.querySelectorAll('.cf-name')].map((name) => name.getBoundingClientRect())"
        ".map((box) => [box.x, box.y, box.right])"
    )
    for i, (left, top, right) in enumerate(boxes):
        assert not any(abs(top - y) < 10 and left < r and x < right for x, y, r in boxes[:i])
    near = at_map.evaluate(RANGES)
    open_section(at_map, "Axes")
    idle(at_map)
    assert at_map.evaluate(RANGES) == pytest.approx(near)  # what changes below leaves the map as it is
    at_map.get_by_role("button", name="Whole map").click()
    at_map.wait_for_function(f"(right) => Math.abs({RANGES}[1] - right) < 1e-6", arg=whole[1])


def test_the_tooltip_has_numbers_and_lines_to_neighbours_and_a_click_finds_the_movie(at_map: Page) -> None:
    x, y = at_map.evaluate(PLACE, "Pulp Fiction (1994)")
    at_map.mouse.move(x - 30, y - 30)
    at_map.mouse.move(x, y)
    tooltip = at_map.locator(".cf-tooltip")
    expect(tooltip).to_contain_text("Pulp Fiction (1994)")
    expect(tooltip).to_contain_text(re.compile(r"1994 · Comedy.*\d ratings.*stars.*bias \+0"))
    expect(at_map.locator(".cf-overlay .cf-line")).to_have_count(8)
    at_map.mouse.move(x - 300, y - 3_000)
    expect(tooltip).to_be_hidden()
    at_map.mouse.click(x, y)
    expect(at_map.locator(".st-key-map_found")).to_contain_text("Pulp Fiction (1994)")


def test_a_lasso_chooses_and_the_choice_can_be_forgotten(at_map: Page, idle) -> None:
    at_map.locator(".st-key-map .modebar-btn[data-title='Lasso Select']").click()
    left, top, width, height = at_map.evaluate(
        f"(({{ x, y, width, height }}) => [x, y, width, height])({PLOT}.points.canvas.getBoundingClientRect())"
    )
    corners = [(0.1, 0.1), (0.5, 0.1), (0.5, 0.9), (0.1, 0.9), (0.1, 0.15)]
    at_map.mouse.move(left + corners[0][0] * width, top + corners[0][1] * height)
    at_map.mouse.down()
    for x, y in corners[1:]:
        at_map.mouse.move(left + x * width, top + y * height, steps=4)
    at_map.mouse.up()
    told = at_map.get_by_text(re.compile(r"^[\d,]+ of [\d,]+ movies\.$"))
    expect(told).to_be_visible()
    idle(at_map)
    n = int(told.inner_text().split()[0].replace(",", ""))
    assert n > 200
    at_map.wait_for_function(f"(n) => ({SELECTED}) === n", arg=n)
    expect(at_map.get_by_text("Decades", exact=True)).to_be_visible()
    selected = at_map.locator(".st-key-saved_map_selected_table")
    selected.hover()
    with at_map.expect_download() as download:
        selected.get_by_role("button", name="Save as CSV").filter(visible=True).click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("item_id,title,year,genres")
    assert len(lines) == n + 1
    at_map.get_by_role("button", name="Clear", exact=True).click()
    at_map.wait_for_function(f"() => ({SELECTED}) === 0")


def test_a_lasso_that_ends_where_it_began_is_no_click(at_map: Page, idle) -> None:
    at_map.locator(".st-key-map .modebar-btn[data-title='Lasso Select']").click()
    x, y = at_map.evaluate(PLACE, "Pulp Fiction (1994)")
    at_map.mouse.move(x, y)
    at_map.mouse.down()
    for across, down in ((120, 0), (120, 120), (0, 120), (0, 0)):
        at_map.mouse.move(x + across, y + down, steps=4)
    at_map.mouse.up()
    expect(at_map.get_by_text(re.compile(r"^[\d,]+ of [\d,]+ movies\.$"))).to_be_visible()
    idle(at_map)
    expect(at_map.locator(".st-key-map_found")).not_to_contain_text("Pulp Fiction")


def test_to_3d_and_back(at_map: Page, idle) -> None:
    at_map.locator(".st-key-map_dimensions").get_by_text("3-D").click()
    at_map.wait_for_function(f"() => {PLOT}.dataset.state === 'drawn' && {PLOT}.data[0].type === 'scatter3d'")
    expect(at_map.locator(".cf-points")).to_have_count(0)
    at_map.locator(".st-key-map_dimensions").get_by_text("2-D").click()
    at_map.wait_for_selector(".cf-points")
    idle(at_map)
    x, y = at_map.evaluate(PLACE, "Pulp Fiction (1994)")
    at_map.mouse.move(x - 30, y - 30)
    at_map.mouse.move(x, y)
    expect(at_map.locator(".cf-tooltip")).to_contain_text("Pulp Fiction (1994)")


def test_an_axis_has_the_students_name_also_after_a_reload(at_map: Page, idle) -> None:
    box = at_map.get_by_role("textbox", name="Your name for it").first
    box.fill("popcorn or art")
    box.press("Enter")
    expect(at_map.locator(".st-key-map .xtitle")).to_contain_text("popcorn or art")
    at_map.reload()
    at_map.wait_for_selector(".st-key-map .cf-plot[data-state=drawn]", timeout=60_000)
    expect(at_map.locator(".st-key-map .xtitle")).to_contain_text("popcorn or art")
    at_map.get_by_role("textbox", name="Your name for it").first.fill("")
    at_map.get_by_role("textbox", name="Your name for it").first.press("Enter")
    expect(at_map.locator(".st-key-map .xtitle")).not_to_contain_text("popcorn")


def test_an_axis_from_movie_to_movie(at_map: Page, idle) -> None:
    at_map.locator(".st-key-map_view").get_by_text("Own axis").click()
    expect(at_map.locator(".st-key-map .xtitle")).to_contain_text("from ")
    for key, title in (
        ("map_axis_from", "Armageddon (1998)"),
        ("map_axis_to", "Godfather, The (1972)"),
    ):
        idle(at_map)
        search = at_map.locator(f".st-key-{key}").get_by_role("combobox")
        search.press("Backspace")
        expect(at_map.locator(f".st-key-{key}")).not_to_contain_text(re.compile(r"\(\d{4}\)"))
        idle(at_map)
        search.fill(title)
        at_map.get_by_role("option", name=title).click()
        at_map.keyboard.press("Escape")
    expect(at_map.locator(".st-key-map .xtitle")).to_have_text("from Armageddon (1998) to Godfather, The (1972)")
    at_map.wait_for_function(f"{PLOT}.points?.layer.titles.length > 0")
    left, right = (at_map.evaluate(PLACE, title)[0] for title in (
        "Armageddon (1998)", "Godfather, The (1972)"
    ))  # fmt: skip
    assert left < right


def choose_view(page: Page, name: str) -> None:
    page.locator(".st-key-map_view").get_by_role("radio", name=name, exact=True).click()


PLACES = f"""() => {{
    const {{ points }} = {PLOT}, {{ ax, bx }} = points.frame();
    return [...points.data.x.slice(0, 50)].map((x) => x * ax + bx);
}}"""
"""Where the most rated movies are, in pixels across the map."""

SEEN = f"""() => {{
    const {{ points }} = {PLOT}, draw = points.draw.bind(points);
    window.seen = [];
    points.draw = () => {{
        draw();
        if (!points.held) window.seen.push(({PLACES})());
    }};
}}"""
"""Notes them, from now on, whenever the map is drawn."""


def test_another_view_moves_the_points_from_where_they_were(at_map: Page, idle) -> None:
    before = at_map.evaluate(PLACES)
    at_map.evaluate(SEEN)
    choose_view(at_map, "PCA (standard)")
    at_map.wait_for_function("() => window.seen.length > 2")
    at_map.wait_for_function(f"() => !{PLOT}.classList.contains('cf-moving')")
    idle(at_map)
    after = at_map.evaluate(PLACES)
    row = max(range(50), key=lambda row: abs(after[row] - before[row]))  # of the movie that has the longest way
    assert abs(after[row] - before[row]) > 40
    shares = [(x[row] - before[row]) / (after[row] - before[row]) for x in at_map.evaluate("window.seen")]
    assert shares[0] < 0.3 and shares[-1] == pytest.approx(1)
    assert any(0.05 < share < 0.95 for share in shares)
    assert shares == sorted(shares)


def test_without_motion_for_those_who_want_none(lab: str, enter, browser, idle) -> None:
    with enter(browser, lab, reduced_motion="reduce") as page:
        page.goto(f"{lab}/movie_map")
        page.wait_for_selector(".st-key-map .cf-plot[data-state=drawn]", timeout=60_000)
        idle(page)
        before = page.evaluate(PLACES)
        page.evaluate(SEEN)
        choose_view(page, "PCA (standard)")
        page.wait_for_function("() => window.seen.length > 0")
        idle(page)
        seen = page.evaluate("window.seen")
        assert all(places == pytest.approx(seen[0]) for places in seen)
        assert seen[0] != pytest.approx(before, abs=40)


def test_no_movie_is_named_twice(at_map: Page, idle) -> None:
    at_map.mouse.move(*at_map.evaluate(PLACE, "Pulp Fiction (1994)"))
    named = f"() => {PLOT}.querySelectorAll('.cf-name').length > 0"
    for _ in range(10):  # a busy page may miss a turn of the wheel
        at_map.mouse.wheel(0, -240)
        at_map.wait_for_timeout(300)
        if at_map.evaluate(named):
            break
    at_map.wait_for_function(named)
    names = at_map.evaluate(
        f"() => [...{PLOT}.querySelectorAll('.cf-name, .textpoint text')].filter((text) => text.style.visibility !== "
        "'hidden').map((text) => text.textContent.replace('…', '').trim().slice(0, 15))"
    )
    assert len(names) == len(set(names))
