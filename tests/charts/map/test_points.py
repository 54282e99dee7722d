"""The layer of points, read back as a browser reads it."""

import base64
import json
import re
import tracemalloc
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from cf_core.charts.map.points import PointLayer, PointStyle, TooltipField, ViewTarget, bits_of, packed
from pages.shared.plot import rows_of

MESSAGES = Path(__file__).parents[3] / "pages/shared/plot/web/messages.d.ts"


def unpacked(text: str, dtype: str) -> list:
    return np.frombuffer(base64.b64decode(text), dtype).tolist()


def layer(**more) -> PointLayer:
    usual = {
        "xy": np.array([[0.5, 1], [2, -3], [4, 4]]),
        "styles": [PointStyle("#ff0000", "circle", 0), PointStyle("#0000ff", "diamond", 1)],
        "style": np.array([0, 1, 0]),
        "size": np.array([6, 6, 9]),
        "titles": ["A", "B <b>", "C"],
        "details": ["1990 · War", "1991 · War", "1990 · War"],
    }
    return PointLayer(**{**usual, **more})


def test_arrays_come_back_as_they_went() -> None:
    sent = layer(
        near=np.array([[1, 2], [0, 2], [0, 1]]), fields=[TooltipField(np.array([1, np.nan, 3]), "mean ", " stars", 2)]
    ).packed()
    assert (unpacked(sent["x"], "<f4"), unpacked(sent["y"], "<f4")) == ([0.5, 2, 4], [1, -3, 4])
    assert unpacked(sent["style"], "u1") == [0, 1, 0]
    assert unpacked(sent["size"], "u1") == [6, 6, 9]
    assert (sent["near"]["k"], unpacked(sent["near"]["rows"], "<i4")) == (2, [1, 2, 0, 2, 0, 1])
    (field,) = sent["fields"]
    assert unpacked(field["values"], "<f4")[::2] == [1, 3]
    assert (field["before"], field["after"], field["decimals"], field["signed"]) == ("mean ", " stars", 2, False)
    assert sent["titles"] == ["A", "B <b>", "C"]


def test_a_line_about_many_points_is_sent_once() -> None:
    details = layer().packed()["details"]
    assert details["texts"] == ["1990 · War", "1991 · War"]
    assert unpacked(details["index"], "<i4") == [0, 1, 0]


def test_what_is_not_there_is_none() -> None:
    sent = layer(near=np.empty((3, 0), int), selected=np.array([], int)).packed()
    assert (sent["near"], sent["selected"], sent["pan_to"]) == (None, None, None)
    assert layer(pan_to=ViewTarget("k", (0, 1), (2, 3))).packed()["pan_to"] == {"key": "k", "x": (0, 1), "y": (2, 3)}


def test_the_component_declares_the_same_names() -> None:
    near, field = np.array([[1], [2], [0]]), TooltipField(np.array([1, 2, 3]))
    sent = layer(near=near, fields=[field], pan_to=ViewTarget("k", (0, 1), (2, 3))).packed()
    parts = {"PointLayer": sent, "PointStyle": sent["styles"][0], "TooltipField": sent["fields"][0]}
    for name, part in {**parts, "ViewTarget": sent["pan_to"]}.items():
        (body,) = re.findall(rf"interface {name} {{(.*?)\n}}", MESSAGES.read_text(encoding="utf-8"), re.DOTALL)
        assert re.findall(r"^  (\w+):", body, re.MULTILINE) == list(part), name


def test_a_figure_carries_it_as_json() -> None:
    figure = go.Figure(layout={"meta": {"points": layer(selected=np.array([2])).packed()}})
    assert json.loads(figure.to_json())["layout"]["meta"]["points"]["selected"] == "BA=="


@pytest.mark.parametrize("rows", [[], [0], [7, 8], [0, 3, 17, 18], list(range(19))])
def test_rows_survive_the_way_there_and_back(rows: list[int]) -> None:
    assert rows_of(bits_of(np.array(rows, dtype=np.int64), 19), 19).tolist() == rows


def test_the_lowest_bit_comes_first() -> None:
    assert bits_of(np.array([0, 9]), 12) == packed(np.array([1, 2]), np.uint8)


@pytest.mark.parametrize("bits", [None, 5, {}, "no base64!", "QQ", "A" * 100, "A" * 20_000_000, "Bw=="])
def test_what_is_no_set_of_bits_for_so_many_rows_selects_nothing(bits: object) -> None:
    tracemalloc.start()
    assert rows_of(bits, 19) is None
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()


def test_bits_beyond_the_last_row_are_dropped() -> None:
    assert rows_of(base64.b64encode(b"\x01\x00\xff").decode(), 19).tolist() == [0, 16, 17, 18]
    assert rows_of("", 19).tolist() == []
