"""Where to train: the CPU or a CUDA device."""

import torch

from cf_core.errors import ConfigError

DEVICES = ("auto", "cpu", "cuda")


def resolve_device(name: str = "auto") -> torch.device:
    """The device of that name; "auto" takes CUDA where there is one.

    Raises:
        ConfigError: an unknown name, or "cuda" on a machine without it.
    """
    if name not in DEVICES:
        raise ConfigError(f"There is no device '{name}'. Choose one of: {', '.join(DEVICES)}.")
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("This machine has no CUDA device that PyTorch can use. Choose 'auto' or 'cpu'.")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)
