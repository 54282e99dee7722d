"""A small run and what it is told, for the tests of the fit loop."""

import queue

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.data.split import Split
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.state import TrainingState
from tests.small import make_split

SPLIT = make_split()
CONFIG = TrainingConfig(
    recipe="small",
    model=ModelConfig("bias", n_factors=4),
    optimizer="sgd",
    phases=(Phase(2, 0.1), Phase(1, 0.01)),
    weight_decay=1e-3,
    batch_size=16,
)
N_BATCHES = 7  # 104 training rows in batches of 16: six whole ones and one of 8


def run(config: TrainingConfig = CONFIG, split: Split = SPLIT, **options) -> History:
    return History.of(fit(TrainingState.start(config, split), **options))


def commands(*given) -> queue.SimpleQueue:
    waiting = queue.SimpleQueue()
    for command in given:
        waiting.put(command)
    return waiting
