"""SGD, Adam and AdamW: how a gradient becomes a step."""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor

from cf_core.config import TrainingConfig

BETA2, EPSILON = 0.999, 1e-8
"""Adam's memory for squared gradients, and what keeps it from dividing by zero."""


class Optimizer:
    """SGD, Adam or AdamW with PyTorch's own kernels, the same to the last bit as `torch.optim` with `fused=True`:

    sgd:    g = ∇L + λw;  m = μm + g;  w = w - ηm  (λ `weight_decay`, μ `momentum`, η the learning rate)
    adam:   g = ∇L + λw, then Adam with betas (μ, 0.999): the lesson's L2.
    adamw:  Adam on ∇L alone, and w = w - ηλw besides (Loshchilov & Hutter 2019).

    A step that is given rows moves only these rows of the first weight, and remembers only of these: exact for SGD with
    neither momentum nor decay, since all other gradients are 0. Else it is an approximation, because an untouched row's
    momentum, Adam's means and the pull of the decay stand still meanwhile (as in `torch.optim.SparseAdam`).

    A step is one call of PyTorch's fused kernel, which `torch.optim` calls too. Calling it directly, though its name
    begins with an underscore, saves the bookkeeping of hooks, profilers and groups, which at batches of 64 takes half
    as long as all the arithmetic; the public functions `torch.optim.sgd.sgd` and `torch.optim.adam.adam` would cost
    8 and 15 µs per step, 5% of the whole step. A test holds it to `torch.optim` bit for bit.

    Args:
        config: names the optimiser, its `momentum` and `weight_decay`.
        weights: the tensors to move; each has its gradient in `.grad` when `step` is called, zeros until then.

    Attributes:
        state: what it remembers, by name, one tensor for each weight: all of it that a checkpoint needs.
    """

    def __init__(self, config: TrainingConfig, weights: Sequence[Tensor]) -> None:
        self.kind, self.momentum, self.decay = config.optimizer, config.momentum, config.weight_decay
        self._sources = weights
        self.weights = [weight.detach() for weight in weights]  # the same memory, and nothing for autograd to watch
        for weight in weights:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
        remembered = ("exp_avg", "exp_avg_sq") if self.kind != "sgd" else ("momentum_buffer",) if self.momentum else ()
        self.state = {name: [torch.zeros_like(weight) for weight in self.weights] for name in remembered}
        if self.kind != "sgd":
            self.state["step"] = [torch.zeros((), device=weight.device) for weight in self.weights]

    def step(self, learning_rate: float, rows: Tensor | None = None) -> None:
        """Move every weight once; of the first weight only `rows`, where they are given, each once."""
        gradients = [cast(Tensor, weight.grad) for weight in self._sources]
        if rows is None:
            self._move(self.weights, gradients, self.state, learning_rate)
            return
        weights, state = _cut(self.weights, rows), {name: _cut(kept, rows) for name, kept in self.state.items()}
        self._move(weights, _cut(gradients, rows), state, learning_rate)
        for whole, part in ((self.weights, weights), *((self.state[name], state[name]) for name in state)):
            if part[0].dim():
                whole[0].index_copy_(0, rows, part[0])

    def _move(
        self, weights: list[Tensor], gradients: list[Tensor], state: dict[str, list[Tensor]], learning_rate: float
    ) -> None:
        if self.kind == "sgd":
            torch._fused_sgd_(
                weights,
                gradients,
                state.get("momentum_buffer", []),
                lr=learning_rate,
                momentum=self.momentum,
                weight_decay=self.decay,
                dampening=0.0,
                nesterov=False,
                maximize=False,
                is_first_step=False,
            )
            return
        torch._foreach_add_(state["step"], 1)
        kernel = torch._fused_adam_ if self.kind == "adam" else torch._fused_adamw_
        kernel(
            weights,
            gradients,
            state["exp_avg"],
            state["exp_avg_sq"],
            [],
            state["step"],
            lr=learning_rate,
            beta1=self.momentum,
            beta2=BETA2,
            weight_decay=self.decay,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )


def _cut(tensors: list[Tensor], rows: Tensor) -> list[Tensor]:
    """The tensors with the first one cut down to `rows`; a count of steps, shape (), stays."""
    first, *others = tensors
    return [first.index_select(0, rows) if first.dim() else first, *others]
