"""Takes an exported run into a store, where it is like a run that was trained there."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np

from cf_core.config import ModelConfig
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import Split, split_ratings
from cf_core.errors import BadExportError, CFError, StoreError
from cf_core.exports.importing.find_data import find_data
from cf_core.exports.importing.history import checked_history
from cf_core.exports.importing.record import ExportedRun, read_record
from cf_core.exports.importing.source import Source, copy, read
from cf_core.exports.importing.tensors import check_checkpoint, largest_checkpoint, largest_weights, read_weights
from cf_core.exports.importing.typed_json import parse
from cf_core.exports.weights import CHECKPOINT, IDS, WEIGHTS
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.movie_choice import popular_trained_items
from cf_core.insight.snapshot import MOST_ITEMS, snapshot
from cf_core.runs.spec import DeviceName, Run, RunSpec
from cf_core.runs.store.ended_run import EndedRun
from cf_core.runs.store.run_files import RunFiles

Add = Callable[[EndedRun, Callable[[str], None]], Run]
"""Adds a run to a store, its files by the second argument: `RunStore.add_ended`, or a workspace's."""

_ID_BYTES = 12
"""Beside its characters, as JSON has it an id takes at most two quotes, a comma, a blank and a few escapes."""


def import_run(
    source: Source, files: RunFiles, add: Add, places: Iterable[str], read_data: Callable[[str], Ratings] = read_ratings
) -> Run:
    """Add the exported run to a store, under a new id and its own name. Its film begins with where it ended. A device
    that it asked for is left to this lab, unless it was the CPU.

    Args:
        files: the store's.
        add: adds a run to the store, as `RunStore.add_ended` does.
        places, read_data: where to look for the data that it was trained on, see `find_data`.

    Raises:
        BadExportError: it is damaged, incomplete, or holds what no export holds; nothing of it is left.
        DataMismatchError: its data are not in this lab.
        StoreError: the store cannot be written.
    """
    told, records = read_record(source)
    place, ratings = find_data(told.data, places, read_data)
    try:
        split = split_ratings(ratings, told.spec.split)
        history = checked_history(told, records, split)
    except CFError as error:
        raise _bad(source, error) from error
    device: DeviceName = "cpu" if told.spec.device == "cpu" else "auto"
    ended = EndedRun(
        spec=RunSpec(place, told.spec.split, told.spec.config, device),
        history=history,
        outcome=told.outcome,
        message=told.message,
        fingerprint=told.data.fingerprint,
        versions=told.versions,
        has_factors=told.has_factors,
        name=told.name,
        note=told.note,
        axis_names=told.axis_names,
        guess=told.guess,
    )
    return add(ended, partial(_write_files, source, files, told, split))


def _write_files(source: Source, files: RunFiles, told: ExportedRun, split: Split, run_id: str) -> None:
    """Copy, then check the copies: nobody can change them in between."""
    model, ratings = told.spec.config.model, split.ratings
    try:
        if told.has_checkpoint:
            n_batches = -(-len(split.train_rows) // told.spec.config.batch_size)
            with files.replacing_checkpoint(run_id) as path:
                _copy(source, CHECKPOINT, path, largest_checkpoint(model, ratings), told)
                check_checkpoint(path, told, ratings, n_batches)
        if told.has_factors:
            _check_ids(source, told, ratings)
            with files.scratch(run_id, f"{WEIGHTS}.new") as path:
                factors = _factors(source, told, split, path)
            files.save_factors(run_id, factors)
            items = popular_trained_items(factors, ratings, MOST_ITEMS)
            files.add_snapshot(run_id, snapshot(factors, items, told.n_epochs_done))
    except StoreError:
        raise  # of this lab's store, and not of the export
    except CFError as error:
        raise _bad(source, error) from error


def _factors(source: Source, told: ExportedRun, split: Split, path: Path) -> FittedFactors:
    """The factors from a copy of the weights at `path`."""
    model, ratings = told.spec.config.model, split.ratings
    _copy(source, WEIGHTS, path, largest_weights(model, ratings), told)
    tensors = read_weights(path, model, ratings)
    factors = _built(tensors, model, told.spec.config.recipe, ratings)
    n_train = {"user": (ratings.user_idx, ratings.n_users), "item": (ratings.item_idx, ratings.n_items)}
    for side, (index, n) in n_train.items():
        if not np.array_equal(tensors[f"n_train_by_{side}"], np.bincount(index[split.train_rows], minlength=n)):
            raise BadExportError("it counts other training ratings than its split of these data has")
    return factors


def _built(tensors: dict[str, np.ndarray], model: ModelConfig, recipe: str, ratings: Ratings) -> FittedFactors:
    return FittedFactors(
        recipe=recipe,
        users=ratings.users,
        items=ratings.items,
        user_factors=tensors["user_factors"],
        item_factors=tensors["item_factors"],
        user_bias=tensors.get("user_bias"),
        item_bias=tensors.get("item_bias"),
        bias_unit="logits" if model.sigmoid else "stars",
        n_train_by_user=tensors["n_train_by_user"],
        n_train_by_item=tensors["n_train_by_item"],
        user_interests=tensors.get("user_interests"),
    )


def _check_ids(source: Source, told: ExportedRun, ratings: Ratings) -> None:
    """The rows of the tensors have to be those of the data."""
    wanted = {"user_ids": ratings.users.ids.tolist(), "item_ids": ratings.items.ids.tolist()}
    most = 100 + sum(_ID_BYTES + 6 * len(str(one)) for ids in wanted.values() for one in ids)
    text, checksum = read(source, IDS, most)
    _check_checksum(IDS, checksum, told)
    if parse(text) != wanted:
        raise BadExportError(f"{IDS} has other ids than the data")


def _copy(source: Source, file: str, path: Path, most: int, told: ExportedRun) -> None:
    with path.open("xb") as target:
        _check_checksum(file, copy(source, file, target, most), told)


def _check_checksum(file: str, checksum: str, told: ExportedRun) -> None:
    if told.files.get(file) != checksum:
        raise BadExportError(f"{file} is not the file that was exported: its checksum differs")


def _bad(source: Source, error: CFError) -> BadExportError:
    if isinstance(error, BadExportError) and str(error).startswith(source.name):
        return error
    return BadExportError(f"{source.name} cannot be imported: {str(error).rstrip('.')}. Export the run again.")
