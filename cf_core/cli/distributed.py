"""`--distributed`: one run in the processes that `torchrun` starts. The first of them does what the command does
without, the others train along."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from cf_core.cli.signals import signals_into
from cf_core.errors import CFError, ConfigError, LostRankError

if TYPE_CHECKING:
    from cf_core.runs.store.run_store import RunStore
    from cf_core.training.distributed.team import Team

LOST = 1
"""The exit status of a rank that has lost another."""

_EXAMPLE = "torchrun --nproc-per-node 2 -m cf_core train --distributed --recipe fast --set batch_size=65536"


def check_start(distributed: bool) -> None:
    """Refuse `--distributed` where there is one process alone, and several processes where it was left out.

    Raises:
        ConfigError: with the command to write instead.
    """
    by_torchrun = {"RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"} <= os.environ.keys()
    if distributed and not by_torchrun:
        raise ConfigError(
            f"--distributed trains in several processes, which torchrun starts. Write, for two: {_EXAMPLE}"
        )
    if not distributed and "TORCHELASTIC_RUN_ID" in os.environ:
        raise ConfigError(
            "torchrun has started this, and each process would train a run of its own. Add --distributed."
        )


def train_together(
    prepare: Callable[["Team"], tuple["RunStore", str, int]], train: Callable[["RunStore", str, int, "Team"], int]
) -> int:
    """Join the other processes and train one run with them; the exit status.

    Args:
        prepare: gives the store, the id of a queued run in it and how many of its epochs have been printed already.
            Called, like `train`, in the first process alone.
        train: trains and prints it; gives the exit status.
    """
    from cf_core.training.distributed.ranks import joined
    from cf_core.training.distributed.team import Team

    with joined() as ranks:
        team = Team(ranks)
        if not ranks.is_first:
            return _follow(team)
        try:
            store, run_id, after = prepare(team)
        except CFError:
            ranks.from_first(None)
            raise
        ranks.from_first(store.get(run_id).spec.to_json())
        try:
            status = train(store, run_id, after, team)
            ranks.wait_for_all()  # torchrun ends all processes as soon as one has failed, and stopped counts as failed
            return status
        except LostRankError as error:
            print(f"{error} Write: python -m cf_core resume {run_id}", file=sys.stderr)
            return LOST


def _follow(team: "Team") -> int:
    """Train along in the run of the first process; the exit status."""
    from cf_core.runs.follow import follow
    from cf_core.runs.spec import RunSpec

    try:
        record = team.ranks.from_first()
        if record is None:  # it has said why itself
            return 0
        with signals_into(team.commands):
            follow(RunSpec.from_json(record), team)
            team.ranks.wait_for_all()
    except LostRankError as error:
        print(f"Process {team.ranks.rank}: {error}", file=sys.stderr)
        return LOST
    return 0
