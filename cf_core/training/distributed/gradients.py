"""The gradient of a batch that is divided among ranks."""

import torch
from torch import Tensor

from cf_core.models.gradients import Gradients
from cf_core.models.modules import EmbeddingNet, Model, SeededDropout
from cf_core.training.distributed.commands import SharedCommands
from cf_core.training.distributed.ranks import Ranks


class DividedGradients(Gradients):
    """Gradients of batches that several ranks work on: each takes its part, and the sum goes to all.

    With the batch B in parts B_r, the gradient of the mean squared error over n = |B| ratings is

        1/n · Σ_{j in B} ∇ℓ_j  =  Σ_r (1/n · Σ_{j in B_r} ∇ℓ_j)

    so every rank divides by the size of the whole batch, not of its part, and the parts, of whatever sizes, add up to
    what one process finds, up to the order of the additions. All ranks then take the same step, and no weight is ever
    sent. This is synchronous data-parallel SGD (Chen, Pan, Monga, Bengio & Jozefowicz 2016, "Revisiting distributed
    synchronous SGD").

    The whole gradient of the table is summed (all-reduce). Summing only the rows that a batch touched is faster in
    batches of 64, where one process is faster still; finding these rows takes longer than it saves in batches of
    thousands, see tests/benchmarks/README.md.

    Args:
        model: the same in all ranks.
        ranks: who divides.
        commands: told of after each batch, see `SharedCommands`.
    """

    def __init__(self, model: Model, ranks: Ranks, commands: SharedCommands) -> None:
        super().__init__(model)
        self.ranks, self.commands = ranks, commands
        self._dropouts: list[_DividedDropout] = []
        if isinstance(model, EmbeddingNet):
            self._dropouts = [_DividedDropout(whole) for whole in (model.dropout, model.hidden_dropout)]
            model.dropout, model.hidden_dropout = self._dropouts

    @property
    def in_table(self) -> bool:
        """Never said to be: a batch is divided among ranks, and not among threads besides."""
        return False

    def accumulate(self, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int | None = None) -> Tensor:
        """As `Gradients.accumulate`, for this rank's part of the rows that are given."""
        mine = self.ranks.part(len(rating))
        for dropout in self._dropouts:
            dropout.divide(len(rating), mine)
        squared_error_sum = super().accumulate(user_idx[mine], item_idx[mine], rating[mine], n or len(rating))
        self.table.mark_touched(self.table.rows(user_idx, item_idx))
        return squared_error_sum

    def combine(self, squared_error_sum: Tensor) -> Tensor:
        """Sum over all ranks the gradients and the squared errors, and hear whether any rank has a command."""
        told = torch.stack([squared_error_sum, torch.full_like(squared_error_sum, float(self.commands.has_own))])
        gradients = [self.table.gradient, *(weight.grad for weight in self.other_weights if weight.grad is not None)]
        self.ranks.all_reduce([*gradients, told])
        self.commands.some_have = bool(told[1] > 0)
        return told[0]


class _DividedDropout(SeededDropout):
    """Draws for a whole batch, as one process would, and gives the part of this rank."""

    def __init__(self, whole: SeededDropout) -> None:
        super().__init__(whole.p, whole.generator)
        self.divide(0, slice(0))

    def divide(self, n: int, mine: slice) -> None:
        """The next values are those in `mine` of n rows."""
        self._n, self._mine = n, mine

    def mask(self, x: Tensor) -> Tensor | float:
        whole = super().mask(x.new_empty(self._n, *x.shape[1:]))
        return whole[self._mine] if isinstance(whole, Tensor) else whole

    def _get_name(self) -> str:
        return SeededDropout.__name__
