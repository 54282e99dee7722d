"""Trains along in a run that another process stores: what the ranks after the first do."""

import torch

from cf_core.data.reading import read_ratings
from cf_core.data.split import split_ratings
from cf_core.environment import positive_int_from_env
from cf_core.errors import LostRankError
from cf_core.runs.execute import REPORTS
from cf_core.runs.spec import RunSpec
from cf_core.training.device import resolve_device
from cf_core.training.distributed.team import Team
from cf_core.training.events import FitEnded
from cf_core.training.fit import fit
from cf_core.training.state import TrainingState


def follow(spec: RunSpec, team: Team) -> TrainingState:
    """Take every step of the run that rank 0 has in `execute`, from its start to its end, and write nothing; where the
    training then stands.

    Raises:
        CFError: the data cannot be read here, or are others than those of rank 0.
        LostRankError: another rank has ended, or this one cannot go on, as when memory runs out in it alone.
    """
    torch.set_num_threads(positive_int_from_env("CF_LAB_THREADS", 1))
    ratings, device = read_ratings(spec.data), resolve_device(spec.device)
    training = team.start(spec.config, split_ratings(ratings, spec.split), device)
    team.align(training)
    for event in fit(training, team.commands, REPORTS[spec.purpose]):
        if isinstance(event, FitEnded) and event.outcome == "failed":
            raise LostRankError(event.message)
    return training
