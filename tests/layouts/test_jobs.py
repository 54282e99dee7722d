"""Layouts in a process of their own: they report progress, can be stopped, and say why they failed.

All with t-SNE, which starts sooner; what UMAP prints is tested beside it.
"""

import numpy as np
import pytest

from cf_core.layouts.jobs import Layout, get_layout, request_layout
from cf_core.layouts.tsne import tsne
from tests.waiting import wait_until


def heaps(n: int = 20) -> np.ndarray:
    draw = np.random.default_rng(0)
    return np.concatenate([draw.normal(20 * i, 1, (n, 5)) for i in range(2)]).astype(np.float32)


def test_it_comes_to_what_the_function_returns_and_reports_progress() -> None:
    settings = {"perplexity": 8, "seed": 3}
    layout = request_layout(("heaps",), "tsne", heaps(), settings)
    moving = []
    wait_until(lambda: moving.append((layout.progress, layout.moving)) or not layout.under_way)
    assert (layout.state, layout.progress) == ("done", 1)
    assert any(0 < progress < 1 and places.shape == (40, 2) for progress, places in moving)
    assert layout.places == pytest.approx(tsne(heaps(), 8, 3), rel=1e-3, abs=1e-3)
    first, second = layout.places[:20], layout.places[20:]
    width = max(np.ptp(first, axis=0).max(), np.ptp(second, axis=0).max())
    assert np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)) > width / 2
    assert request_layout(("heaps",), "tsne", heaps(), settings) is get_layout(("heaps",)) is layout


def test_it_can_be_stopped_while_it_runs_and_while_it_waits() -> None:
    big = np.random.default_rng(0).normal(size=(3_000, 20))
    first, second = (request_layout(("big", n), "tsne", big, {"perplexity": 30, "seed": 0}) for n in (1, 2))
    wait_until(lambda: first.state == "running")
    assert second.state == "waiting"
    second.stop()
    first.stop()
    wait_until(lambda: first._process.poll() is not None)
    assert (first.state, second.state) == ("stopped", "stopped")
    assert second._process is None
    assert get_layout(("big", 1)) is None


def test_a_failure_is_reported_and_the_next_has_its_turn() -> None:
    broken = Layout("tsne", np.full((9, 2), np.nan), {"perplexity": 3, "seed": 0})
    wait_until(lambda: not broken.under_way)
    assert broken.state == "failed"
    assert "NaN" in broken.message


def test_a_full_disk_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cf_core.layouts.jobs.np.save", full)
    broken = Layout("tsne", np.zeros((9, 2)), {"perplexity": 3, "seed": 0})
    wait_until(lambda: not broken.under_way)
    assert (broken.state, broken.message) == ("failed", "[Errno 28] No space left on device")


@pytest.mark.parametrize(
    ("error", "message"), [(ValueError("not an array"), "not an array"), (MemoryError(), "MemoryError")]
)
def test_any_other_error_ends_it_too(monkeypatch: pytest.MonkeyPatch, error: Exception, message: str) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("cf_core.layouts.jobs.np.load", fail)
    broken = Layout("tsne", heaps(), {"perplexity": 8, "seed": 0})
    wait_until(lambda: not broken.under_way)
    assert (broken.state, broken.message, broken.places) == ("failed", message, None)


def test_tsne_reports_its_places_while_they_move() -> None:
    seen = []
    final = tsne(heaps(), 8, 3, report=lambda *told: seen.append((*told[:2], told[2].copy())))
    assert [told[:2] for told in seen] == [(i + 1, 750) for i in range(len(seen))]
    assert np.ptp(seen[0][2]) < 0.1
    assert seen[-1][2] == pytest.approx(final, abs=0.1 * float(np.ptp(final)))
