import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.charts.style import (
    CATEGORICAL,
    DIVERGING,
    GREY,
    MAX_POINTS,
    SEQUENTIAL,
    colorscale,
    escape_html,
    layout,
    short_title,
    thin,
)

ALL_COLORS = sorted({*CATEGORICAL, *SEQUENTIAL, *DIVERGING, GREY})


def luminance(color: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("color", [*CATEGORICAL, GREY])
@pytest.mark.parametrize("ground", ["#ffffff", "#0e1117"])
def test_categorical_colours_read_on_both_grounds(color: str, ground: str) -> None:
    assert contrast(color, ground) >= 3


@pytest.mark.parametrize("color", [*SEQUENTIAL, *DIVERGING])
@pytest.mark.parametrize("ground", ["#ffffff", "#0e1117"])
def test_scales_stay_visible_on_both_grounds(color: str, ground: str) -> None:
    assert contrast(color, ground) >= 2.4


def test_categorical_colours_differ() -> None:
    assert len(set(CATEGORICAL)) == 10
    assert all(one != other for one, other in itertools.combinations(CATEGORICAL, 2))


def test_colorscale_runs_from_0_to_1() -> None:
    assert colorscale(("#000000", "#888888", "#ffffff")) == [[0, "#000000"], [0.5, "#888888"], [1, "#ffffff"]]


def test_layout_leaves_text_colour_to_the_theme() -> None:
    look = layout("A title", subtitle="more").to_plotly_json()
    assert look["title"]["text"] == "A title"
    assert "color" not in look.get("font", {})
    assert "color" not in look["title"]["font"]
    assert look["paper_bgcolor"] == look["plot_bgcolor"] == "rgba(0,0,0,0)"


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Shawshank Redemption, The (1994)", "Shawshank Redemption"),
        ("Beautiful Mind, A (2001)", "Beautiful Mind"),
        ("American in Paris, An (1951)", "American in Paris"),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey"),
        ("Star Wars: Episode IV - A New Hope (1977)", "Star Wars: Episode IV -…"),
        ("No year", "No year"),
        ("", ""),
    ],
)
def test_short_title(title: str, short: str) -> None:
    assert short_title(title) == short


def test_tags_in_titles_are_shown_not_obeyed() -> None:
    assert escape_html("<b>Bold</b> & <i>") == "&lt;b>Bold&lt;/b> & &lt;i>"


@given(n=st.integers(0, 20_000), limit=st.integers(2, 700))
def test_thinning_keeps_the_ends_and_the_order(n: int, limit: int) -> None:
    kept = thin(n, limit).tolist()
    assert len(kept) == min(n, limit)
    assert kept == sorted(set(kept))
    if n:
        assert (kept[0], kept[-1]) == (0, n - 1)


def test_thinning_is_600_points() -> None:
    assert MAX_POINTS == 600
    assert len(thin(601)) == 600
