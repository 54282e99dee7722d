"""The part "weights": the model's tensors, what each of them means, the ids of their rows, and the checkpoint."""

import json
import shutil
from pathlib import Path
from typing import Any

from safetensors.numpy import save_file

from cf_core.exports.contents import Report, RunContents
from cf_core.exports.part import Note, Part
from cf_core.exports.predicting import equation

WEIGHTS, EXPLAINED, IDS, CHECKPOINT = "weights.safetensors", "weights.json", "ids.json", "checkpoint.safetensors"

MEANINGS = {
    "user_factors": ("user, factor", "p_u: one row of factors for each user"),
    "item_factors": ("item, factor", "q_i: one row of factors for each item"),
    "user_bias": ("user", "b_u: how much higher than others this user rates, in the unit of x"),
    "item_bias": ("item", "b_i: how much higher than others this item is rated, in the unit of x"),
    "user_interests": (
        "user, factor",
        "d_u: user_interests[u] @ item_factors[i] is the higher, the likelier u is to pick i; no part of the rating",
    ),
    "hidden_weight": ("hidden unit, user's factors then item's factors", "weights of the net's hidden layer"),
    "hidden_bias": ("hidden unit", "biases of the net's hidden layer"),
    "last_weight": ("hidden unit", "weights of the net's last layer"),
    "last_bias": ("one number", "bias of the net's last layer"),
    "n_train_by_user": ("user", "number of training ratings of each user; a row with 0 was never trained"),
    "n_train_by_item": ("item", "number of training ratings of each item; a row with 0 was never trained"),
}
"""What each tensor's axes are, and what it means."""


def write(contents: RunContents, folder: Path, report: Report) -> list[Note]:
    """Write the four files; the checkpoint where the run has one."""
    save_file(contents.tensors, folder / WEIGHTS)
    (folder / EXPLAINED).write_text(json.dumps(explanation(contents), indent=2), encoding="utf-8")
    ratings = contents.ratings
    ids = {"user_ids": ratings.users.ids.tolist(), "item_ids": ratings.items.ids.tolist()}
    (folder / IDS).write_text(json.dumps(ids), encoding="utf-8")
    notes = [
        Note(WEIGHTS, "The tensors of the model by name.", f'tensors = safetensors.numpy.load_file("{WEIGHTS}")'),
        Note(
            EXPLAINED,
            "Each tensor's shape, axes and meaning, how a rating is predicted from them, and the rating scale.",
            f'explained = json.load(open("{EXPLAINED}", encoding="utf-8"))',
        ),
        Note(
            IDS,
            "The ids of the data: row r of a tensor over users belongs to `user_ids[r]`, over items to `item_ids[r]`.",
            f'ids = json.load(open("{IDS}", encoding="utf-8"))',
        ),
    ]
    if contents.checkpoint is not None:
        with contents.checkpoint() as path:
            shutil.copyfile(path, folder / CHECKPOINT)
        says = (
            "What CF Lab needs to go on with the training: weights by their PyTorch names, and the optimiser's state."
        )
        notes.append(Note(CHECKPOINT, says, f'checkpoint = safetensors.numpy.load_file("{CHECKPOINT}")'))
    report(1, 1)
    return notes


def explanation(contents: RunContents) -> dict[str, Any]:
    """What `EXPLAINED` says."""
    tensors, scale, spec = contents.tensors, contents.scale, contents.run.spec
    return {
        "recipe": spec.config.recipe,
        "model": spec.to_json()["config"]["model"],
        "prediction": equation(tensors, scale),
        "rating_scale": {"sigmoid": scale.low is not None, "low": scale.low, "high": scale.high, "start": scale.start},
        "u_and_i": f"rows; {IDS} has the ids of users and items in the order of the rows",
        "tensors": {
            name: {
                "shape": list(tensor.shape),
                "dtype": str(tensor.dtype),
                "axes": MEANINGS[name][0],
                "meaning": MEANINGS[name][1],
            }
            for name, tensor in tensors.items()
        },
    }


PART = Part("weights", "Weights", write)
