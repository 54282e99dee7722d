"""Jobs in a process of their own: they report progress, can be stopped, and say why they failed.

All with t-SNE, which starts sooner; what UMAP prints is tested beside it.
"""

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cf_core.errors import ClusterError
from cf_core.layouts.tsne import tsne
from cf_core.programs import jobs
from cf_core.programs.jobs import get_job, request_job
from cf_core.programs.running import FOLDER, LocalProgram
from tests.waiting import wait_until


def request_big(big: np.ndarray, number: int, watcher: str, address: str = "") -> jobs.Job:
    return request_job(("big", number), "cf_core.layouts.tsne", big, {"perplexity": 30, "seed": 0}, watcher, address)


@pytest.fixture
def big() -> Iterator[np.ndarray]:
    """Vectors that take many seconds; all their layouts are stopped in the end."""
    yield np.random.default_rng(0).normal(size=(3_000, 20))
    for layout in list(jobs._jobs.values()):
        layout.stop()
    wait_until(lambda: jobs._runner is None)


def heaps(n: int = 20) -> np.ndarray:
    draw = np.random.default_rng(0)
    return np.concatenate([draw.normal(20 * i, 1, (n, 5)) for i in range(2)]).astype(np.float32)


def test_it_comes_to_what_the_function_returns_and_reports_progress() -> None:
    settings = {"perplexity": 8, "seed": 3}
    layout = request_job(("heaps",), "cf_core.layouts.tsne", heaps(), settings)
    moving = []
    wait_until(lambda: moving.append((layout.progress, layout.partial)) or not layout.under_way)
    assert (layout.state, layout.progress) == ("done", 1)
    assert any(0 < progress < 1 and places.shape == (40, 2) for progress, places in moving)
    assert layout.result == pytest.approx(tsne(heaps(), 8, 3), rel=1e-3, abs=1e-3)
    first, second = layout.result[:20], layout.result[20:]
    width = max(np.ptp(first, axis=0).max(), np.ptp(second, axis=0).max())
    assert np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)) > width / 2
    assert request_job(("heaps",), "cf_core.layouts.tsne", heaps(), settings) is get_job(("heaps",)) is layout


def test_it_can_be_stopped_while_it_runs_and_while_it_waits(big: np.ndarray) -> None:
    first, second = (request_big(big, n, f"visitor {n}") for n in (1, 2))
    wait_until(lambda: first.state == "running")
    assert second.state == "waiting"
    second.stop()
    first.stop()
    wait_until(lambda: first._program.process.poll() is not None)
    assert (first.state, second.state) == ("stopped", "stopped")
    assert second._program is None
    assert get_job(("big", 1)) is None


def test_a_failure_is_reported_and_the_next_has_its_turn() -> None:
    broken = request_job(("nan",), "cf_core.layouts.tsne", np.full((9, 2), np.nan), {"perplexity": 3, "seed": 0})
    wait_until(lambda: not broken.under_way)
    assert broken.state == "failed"
    assert "NaN" in broken.message


def test_a_full_disk_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cf_core.programs.running.np.save", full)
    broken = request_job(("full",), "cf_core.layouts.tsne", np.zeros((9, 2)), {"perplexity": 3, "seed": 0})
    wait_until(lambda: not broken.under_way)
    assert (broken.state, broken.message) == ("failed", "[Errno 28] No space left on device")


@pytest.mark.parametrize(
    ("error", "message"), [(ValueError("not an array"), "not an array"), (MemoryError(), "MemoryError")]
)
def test_any_other_error_ends_it_too(monkeypatch: pytest.MonkeyPatch, error: Exception, message: str) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("cf_core.programs.running.np.load", fail)
    broken = request_job(("error", message), "cf_core.layouts.tsne", heaps(), {"perplexity": 8, "seed": 0})
    wait_until(lambda: not broken.under_way)
    assert (broken.state, broken.message, broken.result) == ("failed", message, None)


def test_tsne_reports_its_places_while_they_move() -> None:
    seen = []
    final = tsne(heaps(), 8, 3, report=lambda *told: seen.append((*told[:2], told[2].copy())))
    assert [told[:2] for told in seen] == [(i + 1, 750) for i in range(len(seen))]
    assert np.ptp(seen[0][2]) < 0.1
    assert seen[-1][2] == pytest.approx(final, abs=0.1 * float(np.ptp(final)))


def test_a_visitor_has_one_layout_under_way_and_no_thread_waits(big: np.ndarray) -> None:
    other = request_big(big, 0, "another")
    n_threads = threading.active_count()
    flood = [request_big(big, number, "flood") for number in range(1, 30)]
    assert threading.active_count() <= n_threads + 1
    assert [layout.state for layout in flood] == ["stopped"] * 28 + ["waiting"]
    student = request_big(big, 99, "student")
    wait_until(lambda: other.state == "running")
    other.stop()
    wait_until(lambda: flood[-1].state == "running")
    flood[-1].stop()
    wait_until(lambda: student.state == "running")


def test_more_workspaces_behind_one_address_put_no_other_address_back(big: np.ndarray) -> None:
    flood = [request_big(big, number, f"workspace {number}", "there") for number in range(5)]
    wait_until(lambda: flood[0].state == "running")
    student = request_big(big, 99, "student", "here")
    flood[0].stop()
    wait_until(lambda: student.state == "running")
    student.stop()
    wait_until(lambda: flood[1].state == "running")
    assert [layout.state for layout in flood[2:]] == ["waiting"] * 3


def test_two_who_want_the_same_keep_it_until_both_have_left(big: np.ndarray) -> None:
    shared = request_big(big, 1, "one")
    assert request_big(big, 1, "two") is shared
    request_big(big, 2, "one")
    assert shared.under_way
    request_big(big, 3, "two")
    assert shared.state == "stopped"


def test_what_nobody_watches_makes_room_for_others(big: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    running, waiting = request_big(big, 1, "one"), request_big(big, 2, "two")
    wait_until(lambda: running.progress > 0)
    for layout, watcher in ((running, "one"), (waiting, "two")):
        layout._looks[watcher] -= jobs.WATCHED_SECONDS
    third = request_big(big, 3, "three")
    wait_until(lambda: third.state == "running")
    assert (running.state, waiting.state) == ("stopped", "stopped")
    third._looks["three"] -= jobs.WATCHED_SECONDS
    progress = third.progress
    wait_until(lambda: third.progress > progress)
    assert third.state == "running", "nobody waits for its end"


def test_folders_of_servers_that_were_killed_are_removed(big: np.ndarray) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    stale, alive = (Path(tempfile.gettempdir()) / f"{FOLDER}-{process}-test" for process in (ended.pid, 1))
    stale.mkdir()
    alive.mkdir()
    try:
        request_big(big, 1, "one")
        wait_until(lambda: not stale.exists())
        assert alive.exists()
    finally:
        alive.rmdir()


def test_a_package_may_be_computed_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_elsewhere", {})
    launched = []

    def launch(module: str, data: np.ndarray, settings: str) -> LocalProgram:
        launched.append((module, settings))
        raise ClusterError("The cluster is away.")

    jobs.compute_elsewhere("cf_core.layouts", launch)
    layout = request_job(("elsewhere",), "cf_core.layouts.tsne", heaps(), {"perplexity": 8, "seed": 3})
    wait_until(lambda: not layout.under_way)
    assert (layout.state, layout.message) == ("failed", "The cluster is away.")
    assert launched == [("cf_core.layouts.tsne", '{"perplexity": 8, "seed": 3}')]
    other = request_job(("here",), "cf_core.nowhere", heaps(), {})
    wait_until(lambda: not other.under_way)
    assert "No module named cf_core.nowhere" in other.message and len(launched) == 1
