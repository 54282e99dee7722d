"""From the configuration to PyTorch's optimiser."""

from collections.abc import Iterable

import torch
from torch import nn

from cf_core.training.config import TrainingConfig


def build_optimizer(config: TrainingConfig, weights: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """The optimiser that `config` names, at the first phase's rate, all of its arithmetic in one fused call a step.

    sgd:    g = ∇L + λw;  m = μm + g;  w = w - ηm  (λ `weight_decay`, μ `momentum`, η the learning rate)
    adam:   g = ∇L + λw, then Adam with betas (μ, 0.999): the lesson's L2.
    adamw:  Adam on ∇L alone, and w = w - ηλw besides (Loshchilov & Hutter 2019).
    """
    rate, decay = config.phases[0].learning_rate, config.weight_decay
    if config.optimizer == "sgd":
        return torch.optim.SGD(weights, lr=rate, momentum=config.momentum, weight_decay=decay, fused=True)
    kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
    return kind(weights, lr=rate, betas=(config.momentum, 0.999), weight_decay=decay, fused=True)
