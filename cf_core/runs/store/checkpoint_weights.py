"""Reads the weights of a model from a checkpoint as NumPy arrays, without PyTorch."""

from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from cf_core.errors import StoreError

_PREFIX = "model."
"""Prefix of the weights' names in a checkpoint, where the optimiser's state stands beside them."""


def read_weights(checkpoint: Path) -> dict[str, np.ndarray]:
    """The weights by the names that PyTorch gives them, such as `item_factors.weight`.

    Raises:
        StoreError: the file is missing or damaged.
    """
    try:
        with safe_open(checkpoint, "np") as file:
            names = [name for name in file.keys() if name.startswith(_PREFIX)]  # noqa: SIM118 (not a mapping)
            return {name.removeprefix(_PREFIX): file.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as error:
        raise StoreError(
            f"The weights in {checkpoint} cannot be read ({error}). Train the run again, for at least one epoch."
        ) from error
