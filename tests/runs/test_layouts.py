"""t-SNE in a process of its own: it tells how far it is, can be stopped, and says why it failed."""

import time

import numpy as np
import pytest

from cf_core.insight.tsne import tsne
from cf_core.runs.layouts import Layout, ask_for, asked_for


def heaps(n: int = 20) -> np.ndarray:
    draw = np.random.default_rng(0)
    return np.concatenate([draw.normal(20 * i, 1, (n, 5)) for i in range(2)]).astype(np.float32)


def until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_comes_to_what_the_function_gives_and_tells_how_far_it_is() -> None:
    layout = ask_for(("heaps",), heaps(), 8, 3)
    seen = set()
    until(lambda: seen.add(layout.progress) or not layout.under_way)
    assert (layout.state, layout.progress) == ("done", 1)
    assert layout.places == pytest.approx(tsne(heaps(), 8, 3), rel=1e-3, abs=1e-3)
    first, second = layout.places[:20], layout.places[20:]
    width = max(np.ptp(first, axis=0).max(), np.ptp(second, axis=0).max())
    assert np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)) > width / 2
    assert ask_for(("heaps",), heaps(), 8, 3) is asked_for(("heaps",)) is layout


def test_it_can_be_stopped_while_it_runs_and_while_it_waits() -> None:
    big = np.random.default_rng(0).normal(size=(3_000, 20))
    first, second = ask_for(("big", 1), big, 30, 0), ask_for(("big", 2), big, 30, 0)
    until(lambda: first.state == "running")
    assert second.state == "waiting"
    second.stop()
    first.stop()
    until(lambda: first._process.poll() is not None)
    assert (first.state, second.state) == ("stopped", "stopped")
    assert second._process is None
    assert asked_for(("big", 1)) is None


def test_a_failure_is_told_and_the_next_has_its_turn() -> None:
    broken = Layout(np.full((9, 2), np.nan), 3, 0)
    until(lambda: not broken.under_way)
    assert broken.state == "failed"
    assert "NaN" in broken.message
