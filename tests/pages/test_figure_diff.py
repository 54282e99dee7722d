"""What is sent of a plot that grows: the whole once, then what is new, and always enough to make the present figure."""

import json
from typing import Any

import plotly.graph_objects as go
from hypothesis import given
from hypothesis import strategies as st

from pages.shared.plot.figure_diff import N_BACK, Drawing, Sent


def drawing(y: list[float], title: str = "Loss", **trace: Any) -> Drawing:
    line = go.Scatter(x=list(range(len(y))), y=y, name="loss", **trace)
    return Drawing.of(go.Figure(line, go.Layout(title={"text": title}, xaxis={"title": {"text": "epochs"}})))


def message(sent: Sent, drawn: Drawing) -> dict[str, Any]:
    return json.loads(f"{{{sent.message(drawn)}}}")


def follow(figure: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """What the browser makes of its figure and a change."""
    traces = []
    for trace, new in zip(figure["data"], change["traces"], strict=True):
        assert all(at <= len(trace[name]) for name, (at, _) in new["grow"].items())
        grown = {name: trace[name][:at] + values for name, (at, values) in new["grow"].items()}
        traces.append({**trace, **new["set"], **grown})
    return {"data": traces, "layout": {**figure["layout"], **change["layout"]}}


def test_the_first_message_is_the_whole_figure() -> None:
    first = message(Sent(), drawing([3, 2]))
    assert first["figure"]["data"][0]["y"] == [3, 2]
    assert "change" not in first


def test_the_second_says_what_has_grown_and_nothing_else() -> None:
    sent = Sent()
    first, second = message(sent, drawing([3, 2])), message(sent, drawing([3, 2, 1]))
    assert second["base"] == first["base"]
    assert second["change"] == {"traces": [{"set": {}, "grow": {"x": [2, [2]], "y": [2, [1]]}}], "layout": {}}


def test_a_part_of_the_layout_that_differs_is_sent_alone() -> None:
    sent = Sent()
    message(sent, drawing([3]))
    assert message(sent, drawing([3], "Other"))["change"]["layout"].keys() == {"title"}


def test_other_parts_make_it_a_whole_figure_under_another_name() -> None:
    sent = Sent()
    first, second = message(sent, drawing([3])), message(sent, drawing([3], opacity=0.5))
    assert "figure" in second
    assert second["base"] != first["base"]


def test_a_browser_that_is_lost_gets_the_whole_figure() -> None:
    sent = Sent()
    first = message(sent, drawing([3]))
    sent.lost()
    second = message(sent, drawing([3]))
    assert "figure" in second
    assert second["base"] != first["base"]


def test_traffic_does_not_grow_with_the_figure() -> None:
    sent, sizes = Sent(), []
    for n in range(100, 600):
        sizes.append(len(sent.message(drawing([i % 7 for i in range(n)]))))
    assert max(sizes[1:]) < 200 < sizes[0]


ys = st.lists(st.lists(st.integers(0, 2), max_size=6), min_size=2, max_size=8)


@given(ys, st.lists(st.booleans(), min_size=8, max_size=8), st.lists(st.sampled_from("ab"), min_size=8, max_size=8))
def test_whoever_misses_some_messages_still_has_the_present_figure(
    frames: list[list[float]], missed: list[bool], titles: list[str]
) -> None:
    sent, has, n_missed, has_base = Sent(), {}, 0, ""
    for y, miss, title in zip(frames, missed, titles, strict=False):
        drawn = drawing(y, title)
        got = message(sent, drawn)
        if "change" in got and miss and n_missed < N_BACK - 1:
            n_missed += 1
            continue
        n_missed = 0
        if "figure" in got:
            has, has_base = got["figure"], got["base"]
        else:
            assert got["base"] == has_base
            has = follow(has, got["change"])
        assert has["data"] == drawn.parts["data"]
        assert has["layout"] == drawn.parts["layout"]
