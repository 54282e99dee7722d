import pandas as pd

from cf_core.charts.run.schedule import schedule_preview


def schedule(n: int) -> pd.DataFrame:
    phase = [1] * (n // 2) + [2] * (n - n // 2)
    return pd.DataFrame({"position": [(i + 1) * 2 / n for i in range(n)], "phase": phase, "learning_rate": 0.1})


def test_schedule_preview() -> None:
    figure = schedule_preview(schedule(2_000))
    line = figure.data[0]
    assert len(line.x) == 600
    assert (line.x[0], line.x[-1]) == (0.001, 2.0)
    assert [shape.x0 for shape in figure.layout.shapes] == [1.0]
    assert [(note.x, note.text) for note in figure.layout.annotations] == [(1.0, "phase 2")]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("epochs", "learning rate")
    assert "phase %{customdata}" in line.hovertemplate


def test_schedule_preview_of_nothing() -> None:
    assert len(schedule_preview(schedule(0)).data[0].x) == 0
