"""Messages about a growing plot: the whole figure once, then changes, always enough to rebuild the present figure."""

import json
from typing import Any

import plotly.graph_objects as go
from hypothesis import given
from hypothesis import strategies as st

from pages.shared.plot.figure_diff import N_BACK, SentState, SerializedFigure


def serialized(y: list[float], title: str = "Loss", **trace: Any) -> SerializedFigure:
    line = go.Scatter(x=list(range(len(y))), y=y, name="loss", **trace)
    return SerializedFigure.of(go.Figure(line, go.Layout(title={"text": title}, xaxis={"title": {"text": "epochs"}})))


def message(sent: SentState, figure: SerializedFigure) -> dict[str, Any]:
    return json.loads(f"{{{sent.message(figure)}}}")


def apply(figure: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The browser's figure after a change."""
    traces = []
    for trace, new in zip(figure["data"], change["traces"], strict=True):
        assert all(at <= len(trace[name]) for name, (at, _) in new["extend"].items())
        extended = {name: trace[name][:at] + values for name, (at, values) in new["extend"].items()}
        traces.append({**trace, **new["set"], **extended})
    return {"data": traces, "layout": {**figure["layout"], **change["layout"]}}


def test_the_first_message_is_the_whole_figure() -> None:
    first = message(SentState(), serialized([3, 2]))
    assert first["figure"]["data"][0]["y"] == [3, 2]
    assert "change" not in first


def test_the_second_is_what_was_added_and_nothing_else() -> None:
    sent = SentState()
    first, second = message(sent, serialized([3, 2])), message(sent, serialized([3, 2, 1]))
    assert second["base"] == first["base"]
    assert second["change"] == {"traces": [{"set": {}, "extend": {"x": [2, [2]], "y": [2, [1]]}}], "layout": {}}


def test_a_part_of_the_layout_that_differs_is_sent_alone() -> None:
    sent = SentState()
    message(sent, serialized([3]))
    assert message(sent, serialized([3], "Other"))["change"]["layout"].keys() == {"title"}


def test_other_parts_make_it_a_whole_figure_under_another_name() -> None:
    sent = SentState()
    first, second = message(sent, serialized([3])), message(sent, serialized([3], opacity=0.5))
    assert "figure" in second
    assert second["base"] != first["base"]


def test_after_a_reset_the_browser_gets_the_whole_figure() -> None:
    sent = SentState()
    first = message(sent, serialized([3]))
    sent.reset()
    second = message(sent, serialized([3]))
    assert "figure" in second
    assert second["base"] != first["base"]


def test_traffic_does_not_grow_with_the_figure() -> None:
    sent, sizes = SentState(), []
    for n in range(100, 600):
        sizes.append(len(sent.message(serialized([i % 7 for i in range(n)]))))
    assert max(sizes[1:]) < 200 < sizes[0]


ys = st.lists(st.lists(st.integers(0, 2), max_size=6), min_size=2, max_size=8)


@given(ys, st.lists(st.booleans(), min_size=8, max_size=8), st.lists(st.sampled_from("ab"), min_size=8, max_size=8))
def test_a_browser_that_misses_some_messages_still_has_the_present_figure(
    frames: list[list[float]], missed: list[bool], titles: list[str]
) -> None:
    sent, has, n_missed, has_base = SentState(), {}, 0, ""
    for y, miss, title in zip(frames, missed, titles, strict=False):
        figure = serialized(y, title)
        got = message(sent, figure)
        if "change" in got and miss and n_missed < N_BACK - 1:
            n_missed += 1
            continue
        n_missed = 0
        if "figure" in got:
            has, has_base = got["figure"], got["base"]
        else:
            assert got["base"] == has_base
            has = apply(has, got["change"])
        assert has["data"] == figure.parts["data"]
        assert has["layout"] == figure.parts["layout"]


def test_everybody_can_have_a_trace_of_their_own_in_one_drawing() -> None:
    shared = serialized([3, 2])
    own = shared.with_trace(go.Scatter(name="loss", x=[5], y=[7]))
    assert (own.parts["data"][0]["y"], shared.parts["data"][0]["y"]) == ([7], [3, 2])
    assert own.parts["layout"] == shared.parts["layout"] and own.height == shared.height
    assert shared.with_trace(go.Scatter(name="another", x=[5], y=[7])).parts == shared.parts
