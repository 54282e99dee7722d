"""What a ranker puts on top for every user, as a program that reports its progress: for data that would keep a page
waiting. See `cf_core.programs.program`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cf_core.config import ModelConfig
from cf_core.data.reading import read_ratings
from cf_core.data.split import Split, SplitConfig, split_ratings
from cf_core.evaluation.metrics import Report, Scores, top_items
from cf_core.evaluation.protocol import Candidates
from cf_core.evaluation.rankers import BASELINE_RANKERS
from cf_core.evaluation.run_scores import scores_of_run
from cf_core.programs import program
from cf_core.runs.store.file_store import file_store
from cf_core.runs.store.run_files import RunFiles


def top_lists(
    users: NDArray[np.int64],
    data: str,
    split: Mapping[str, Any],
    k: int,
    ranker: Mapping[str, Any],
    report: Report | None = None,
) -> NDArray[np.int32]:
    """The first k items for each of the users, see `top_items`.

    Args:
        data: the folder of the data set.
        split: the fields of a `SplitConfig`.
        ranker: `{"baseline": name}`, or of a run `{"files": place, "run_id": id, "model": fields of a ModelConfig}`.
        report: is told how many users are done.

    Raises:
        CFError: the data, the split or the run's files cannot be had, or the ranker cannot rank them.
    """
    parts = split_ratings(read_ratings(data), SplitConfig(**split))
    lists = top_items(Candidates.of(parts), _scores(parts, ranker), users, k, report)
    return lists.astype(np.int32)


def _scores(split: Split, ranker: Mapping[str, Any]) -> Scores:
    if "baseline" in ranker:
        return BASELINE_RANKERS[ranker["baseline"]].scores(split)
    files, model = RunFiles(file_store(ranker["files"])), ModelConfig(**ranker["model"])
    weights = files.weights(ranker["run_id"]) if model.kind == "net" else None
    return scores_of_run(files.factors(ranker["run_id"]), model, weights)


if __name__ == "__main__":
    program.run(top_lists)
