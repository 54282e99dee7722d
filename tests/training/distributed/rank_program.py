"""One rank of a small training, for `test_same_as_one_process.py`: `RANK=0 … python rank_program.py FOLDER`.

Writes what it saw of each case to FOLDER/<rank>.pt.
"""

import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
sys.path.insert(0, str(PROJECT))

import torch  # noqa: E402

from cf_core.config import ModelConfig, Phase, TrainingConfig  # noqa: E402
from cf_core.training import fit as fit_module  # noqa: E402
from cf_core.training.commands import Pause, Resume, SetLearningRate, Stop  # noqa: E402
from cf_core.training.distributed.ranks import Ranks, joined  # noqa: E402
from cf_core.training.distributed.team import Team  # noqa: E402
from cf_core.training.events import EpochEnded  # noqa: E402
from cf_core.training.fit import fit  # noqa: E402
from cf_core.training.history import History  # noqa: E402
from cf_core.training.state import TrainingState  # noqa: E402
from tests.small import make_split  # noqa: E402

SPLIT = make_split()  # 104 rows to train on
SMALL_MICRO_BATCH = 6


def _config(kind, optimizer, rate, batch_size=16, update="dense", **settings):
    model = ModelConfig(
        kind, 4, -0.5, 0.5, implicit_weight=2.0 * (kind == "implicit"), rating_decay=0.1 * (kind == "implicit")
    )
    phases = Phase(2, rate, "one-cycle"), Phase(1, rate / 10)
    return TrainingConfig("x", model, optimizer, phases, batch_size=batch_size, update=update, **settings)


CASES = {
    "dot, momentum, decay": _config("dot", "sgd", 0.05, weight_decay=0.02),
    "bias, a last batch of one": _config("bias", "sgd", 0.05, batch_size=103),
    "bias, sparse, plain steps": _config("bias", "sgd", 0.05, update="sparse", momentum=0.0),
    "bias, sparse, Adam": _config("bias", "adam", 0.01, update="sparse", weight_decay=0.02),
    "net with dropout, Adam": _config("net", "adam", 0.01, weight_decay=0.02),
    "implicit, AdamW": _config("implicit", "adamw", 0.01, weight_decay=0.02),
    "net with dropout, in parts": _config("net", "adamw", 0.01),
}


def train(config, start=TrainingState.start, in_parts=False, commands=None):
    """The events of a run, and the weights at its end by name."""
    fit_module.MICRO_BATCH = SMALL_MICRO_BATCH if in_parts else 8_192
    training = start(config, SPLIT, torch.device("cpu"))
    history = History.of(fit(training, commands))
    return history, {name: weight.detach().clone() for name, weight in training.model.named_parameters()}


def steered(ranks: Ranks) -> list[dict]:
    """What a run reports: rank 1 sets its rate after an epoch and has it wait, rank 0 has it go on, rank 2 stops it."""
    team, events = Team(ranks), []
    training = team.start(CASES["dot, momentum, decay"], SPLIT, torch.device("cpu"))
    orders = {1: (1, (SetLearningRate(0.02), Pause())), 2: (2, (Stop(),))}
    for event in fit(training, team.commands):
        events.append(event.to_json())
        if isinstance(event, EpochEnded):
            rank, given = orders[event.epoch]
            for command in given if rank == ranks.rank else ():
                team.commands.put(command)
        if events[-1].get("command") == "pause" and ranks.is_first:
            team.commands.put(Resume())
    return events


def main() -> None:
    torch.set_num_threads(1)
    seen = {}
    with joined() as ranks:
        for name, config in CASES.items():
            history, weights = train(config, Team(ranks).start, "in parts" in name)
            seen[name] = [epoch.to_json() for epoch in history.epochs], weights
        seen["steered"] = steered(ranks) if ranks.n_ranks > 2 else []
    torch.save(seen, Path(sys.argv[1]) / f"{ranks.rank}.pt")


if __name__ == "__main__":
    main()
