"""Gradient descent's last line: how the weights move along their gradients. Nothing in here makes a gradient."""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor

from cf_core.training.config import TrainingConfig

BETA2, EPSILON = 0.999, 1e-8
"""Adam's memory for squared gradients, and what keeps it from dividing by zero."""


class Optimizer:
    """SGD, Adam or AdamW with PyTorch's own kernels, the same to the last bit as `torch.optim` with `fused=True`:

    sgd:    g = ∇L + λw;  m = μm + g;  w = w - ηm  (λ `weight_decay`, μ `momentum`, η the learning rate)
    adam:   g = ∇L + λw, then Adam with betas (μ, 0.999): the lesson's L2.
    adamw:  Adam on ∇L alone, and w = w - ηλw besides (Loshchilov & Hutter 2019).

    A step is one call. `torch.optim` would make the same one, but looks after hooks, profilers and groups each time,
    which at batches of 64 takes half as long as all the arithmetic.

    Args:
        config: names the optimiser, its `momentum` and `weight_decay`.
        weights: the tensors to move; each has its gradient in `.grad` when `step` is called.

    Attributes:
        state: what it remembers, by name, one tensor for each weight: all of it that a checkpoint needs.
    """

    def __init__(self, config: TrainingConfig, weights: Sequence[Tensor]) -> None:
        self.kind, self.momentum, self.decay = config.optimizer, config.momentum, config.weight_decay
        self._sources = weights
        self.weights = [weight.detach() for weight in weights]  # the same memory, and nothing for autograd to watch
        kept = ("exp_avg", "exp_avg_sq") if self.kind != "sgd" else ("momentum_buffer",) if self.momentum else ()
        self.state = {name: [torch.zeros_like(weight) for weight in self.weights] for name in kept}
        if self.kind != "sgd":
            self.state["step"] = [torch.zeros((), device=weight.device) for weight in self.weights]

    def step(self, learning_rate: float) -> None:
        """Move every weight once."""
        gradients, state = [cast(Tensor, weight.grad) for weight in self._sources], self.state
        if self.kind == "sgd":
            torch._fused_sgd_(
                self.weights,
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
            self.weights,
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
