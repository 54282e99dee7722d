"""Programs on a Ray cluster, all on this machine: the result, a failure, a stop."""

import re

import numpy as np
import pytest

from cf_core.layouts.tsne import tsne


@pytest.fixture(scope="module")
def cluster():
    """A cluster without a core that is free: a program needs none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        import ray

        ray.init(num_cpus=0, include_dashboard=False, object_store_memory=80_000_000, log_to_driver=False)
        yield
        ray.shutdown()


def test_a_layout_is_computed_on_the_cluster_as_here(cluster):
    """It needs no core, so that it goes on while all workers train."""
    from cf_core.runs.workers.ray_program import RayProgram

    vectors = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    program = RayProgram("cf_core.layouts.tsne", vectors, '{"perplexity": 5, "seed": 0}')
    program.start()
    lines = [*program.lines()]
    assert re.fullmatch(r"Iteration \d+ of 750", lines[-1])
    assert program.result() == pytest.approx(tsne(vectors, 5, 0), abs=1e-3)
    program.close()
    failing = RayProgram("cf_core.layouts.tsne", vectors, '{"perplexity": 500, "seed": 0}')
    failing.start()
    assert "perplexity" in [*failing.lines()][-1] and failing.result() is None
    stopped = RayProgram("cf_core.layouts.tsne", np.tile(vectors, (50, 1)), '{"perplexity": 50, "seed": 0}')
    stopped.start()
    next(reports := stopped.lines())
    stopped.kill()
    assert [*reports][1000:] == [] and stopped.result() is None
