"""UMAP: what is apart stays apart, what its settings do, and what it prints as a program."""

import json
import os
import re
import runpy
import sys

import numpy as np
import pytest

from cf_core.layouts import umap_layout
from cf_core.layouts.umap_layout import umap_layout as umap

pytestmark = pytest.mark.filterwarnings("ignore:precomputed_knn", "ignore:.*found in sys.modules")

HEAPS = np.concatenate([np.random.default_rng(0).normal(20 * i, 1, (20, 5)) for i in range(2)])


def test_two_heaps_stay_apart() -> None:
    places = umap(HEAPS, 8, 0.1, 0)
    first, second = places[:20], places[20:]
    width = max(np.ptp(first, axis=0).max(), np.ptp(second, axis=0).max())
    assert np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)) > width / 2


def test_the_seed_fixes_the_picture_and_settings_change_it() -> None:
    places = umap(HEAPS, 8, 0.1, 3)
    assert (umap(HEAPS, 8, 0.1, 3) == places).all()
    for other in (umap(HEAPS, 8, 0.1, 4), umap(HEAPS, 4, 0.1, 3)):
        assert np.abs(other - places).max() > 0.1
    assert nearest_gap(umap(HEAPS, 8, 0.9, 3)) > 2 * nearest_gap(places)


def nearest_gap(places: np.ndarray) -> float:
    """The distance from a place to the nearest other, in the mean."""
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag(np.full(len(places), np.inf))
    return float(apart.min(axis=1).mean())


def test_each_is_its_own_nearest_at_no_distance(monkeypatch) -> None:
    """Else the distance to the nearest other, which UMAP takes out, would be that of rounding."""

    class Spy:
        def __init__(self, precomputed_knn, **settings) -> None:
            self.rows, self.distances = precomputed_knn

        def fit_transform(self, vectors: np.ndarray) -> np.ndarray:
            assert self.rows.tolist() == [[0, 1], [1, 0], [2, 1]]
            assert self.distances.tolist() == [[0, 2], [0, 2], [0, 3]]
            return vectors[:, :2]

    monkeypatch.setattr(umap_layout, "UMAP", Spy)
    assert umap(np.array([[0, 0], [0, 2], [0, 5]]), 2, 0.1, 0).shape == (3, 2)


def test_the_program_tells_how_far_it_is(tmp_path, monkeypatch, capfd) -> None:
    source, target = str(tmp_path / "vectors.npy"), str(tmp_path / "places.npy")
    np.save(source, HEAPS)
    settings = json.dumps({"n_neighbors": 8, "min_dist": 0.1, "seed": 3})
    monkeypatch.setattr(sys, "argv", ["umap_layout", source, target, settings])
    monkeypatch.setattr(os, "nice", lambda n: n)  # this process stays as it is
    runpy.run_module(umap_layout.__name__, run_name="__main__")
    assert (np.load(target) == umap(HEAPS, 8, 0.1, 3)).all()
    assert re.match(r"Iteration \d+ of 500\n", capfd.readouterr().out)


def test_its_places_are_reported_while_they_move() -> None:
    seen = []
    final = umap(HEAPS, 8, 0.1, 3, report=lambda *told: seen.append((*told[:2], told[2].copy())))
    assert [told[:2] for told in seen] == [(i + 1, 500) for i in range(500)]
    assert (seen[-1][2] == final).all()
    assert np.abs(seen[0][2] - final).max() > 0.1
