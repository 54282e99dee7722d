"""One run in the hands of several ranks: what can be divided, and the same start in all of them."""

import torch

from cf_core.config import TrainingConfig
from cf_core.data.split import Split
from cf_core.errors import ConfigError, DataMismatchError
from cf_core.models.modules import Model
from cf_core.training.checkpoint import move_to, position_of
from cf_core.training.distributed.commands import SharedCommands
from cf_core.training.distributed.gradients import DividedGradients
from cf_core.training.distributed.ranks import Ranks
from cf_core.training.state import TrainingState


class Team:
    """This rank and the others, as what trains a run.

    Attributes:
        commands: the queue that the run obeys; a command that is put into it reaches all ranks.
    """

    def __init__(self, ranks: Ranks) -> None:
        self.ranks, self.commands = ranks, SharedCommands(ranks)

    def check(self, config: TrainingConfig) -> None:
        """Refuse a run whose batches cannot be divided. All models, optimisers and schedules can.

        Raises:
            ConfigError: a batch has fewer ratings than there are ranks, so that some would never have work.
        """
        if config.batch_size < self.ranks.n_ranks:
            raise ConfigError(
                f"Batches of {config.batch_size} cannot be divided among {self.ranks.n_ranks} processes. "
                f"Set batch_size to {self.ranks.n_ranks} at least, better to thousands."
            )

    def start(self, config: TrainingConfig, split: Split, device: torch.device) -> TrainingState:
        """As `TrainingState.start`, with batches that the ranks divide among them; on a GPU of this rank's own, where
        `device` is one.

        Raises:
            ConfigError: see `Ranks.own`.
        """

        def divided(model: Model) -> DividedGradients:
            return DividedGradients(model, self.ranks, self.commands)

        return TrainingState.start(config, split, self.ranks.own(device), divided)

    def align(self, training: TrainingState) -> None:
        """Bring a fresh `training` to where that of rank 0 stands: its weights, the optimiser's state, the dropout's
        generator and the position. All ranks call it before the first batch.

        Raises:
            DataMismatchError: a rank has read other ratings than rank 0.
            LostRankError: see `Ranks.all_reduce`.
        """
        dropout = training.dropout_generator
        state = None if dropout is None else dropout.get_state()
        fingerprint = training.split.ratings.fingerprint
        first = self.ranks.from_first((fingerprint, position_of(training), state))
        if first[0] != fingerprint:
            raise DataMismatchError(
                f"Process {self.ranks.rank} has read other ratings than process 0. Put the same files on every machine."
            )
        move_to(training, first[1])
        if dropout is not None:
            dropout.set_state(first[2])
        kept = [tensor for tensors in training.optimizer.state.values() for tensor in tensors]
        self.ranks.copy_from_first([*training.optimizer.weights, *kept])
