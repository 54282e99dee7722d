"""A model's weights as they stand in a checkpoint, as NumPy arrays. Nothing in here imports torch."""

from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from cf_core.errors import StoreError

_OF_MODEL = "model."
"""How the names of the weights begin in a checkpoint, beside the optimiser's."""


def read_weights(checkpoint: Path) -> dict[str, np.ndarray]:
    """The weights by the names that PyTorch gives them, such as `item_factors.weight`.

    Raises:
        StoreError: the file is missing or damaged.
    """
    try:
        with safe_open(checkpoint, "np") as file:
            names = [name for name in file.keys() if name.startswith(_OF_MODEL)]  # noqa: SIM118 (not a mapping)
            return {name.removeprefix(_OF_MODEL): file.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as error:
        raise StoreError(
            f"The weights in {checkpoint} cannot be read ({error}). Train the run again, for an epoch at least."
        ) from error
