"""Layouts in a process of their own: they tell how far they are, can be stopped, and say why they failed.

All with t-SNE, which starts sooner; what UMAP prints is tested where it is.
"""

import time

import numpy as np
import pytest

from cf_core.layouts.jobs import Layout, ask_for, asked_for
from cf_core.layouts.tsne import tsne


def heaps(n: int = 20) -> np.ndarray:
    draw = np.random.default_rng(0)
    return np.concatenate([draw.normal(20 * i, 1, (n, 5)) for i in range(2)]).astype(np.float32)


def until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_comes_to_what_the_function_gives_and_tells_how_far_it_is() -> None:
    settings = {"perplexity": 8, "seed": 3}
    layout = ask_for(("heaps",), "tsne", heaps(), settings)
    seen = set()
    until(lambda: seen.add(layout.progress) or not layout.under_way)
    assert (layout.state, layout.progress) == ("done", 1)
    assert len(seen) > 2
    assert layout.places == pytest.approx(tsne(heaps(), 8, 3), rel=1e-3, abs=1e-3)
    first, second = layout.places[:20], layout.places[20:]
    width = max(np.ptp(first, axis=0).max(), np.ptp(second, axis=0).max())
    assert np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)) > width / 2
    assert ask_for(("heaps",), "tsne", heaps(), settings) is asked_for(("heaps",)) is layout


def test_it_can_be_stopped_while_it_runs_and_while_it_waits() -> None:
    big = np.random.default_rng(0).normal(size=(3_000, 20))
    first, second = (ask_for(("big", n), "tsne", big, {"perplexity": 30, "seed": 0}) for n in (1, 2))
    until(lambda: first.state == "running")
    assert second.state == "waiting"
    second.stop()
    first.stop()
    until(lambda: first._process.poll() is not None)
    assert (first.state, second.state) == ("stopped", "stopped")
    assert second._process is None
    assert asked_for(("big", 1)) is None


def test_a_failure_is_told_and_the_next_has_its_turn() -> None:
    broken = Layout("tsne", np.full((9, 2), np.nan), {"perplexity": 3, "seed": 0})
    until(lambda: not broken.under_way)
    assert broken.state == "failed"
    assert "NaN" in broken.message


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cf_core.layouts.jobs.np.save", full)
    broken = Layout("tsne", np.zeros((9, 2)), {"perplexity": 3, "seed": 0})
    until(lambda: not broken.under_way)
    assert (broken.state, broken.message) == ("failed", "[Errno 28] No space left on device")
