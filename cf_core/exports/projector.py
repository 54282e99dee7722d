"""The part "projector": the items' factors for the Embedding Projector (projector.tensorflow.org, or TensorBoard's).

Both files have a line per item with a training rating: tab-separated, in the same order. The Projector takes the first
line of the metadata as a header where there is more than one column, and `vectors.tsv` has none.
"""

import json
import re
from pathlib import Path

import numpy as np

from cf_core.exports.contents import Report, RunContents
from cf_core.exports.part import Note, Part

FOLDER = "projector"
VECTORS, METADATA, CONFIG = f"{FOLDER}/vectors.tsv", f"{FOLDER}/metadata.tsv", f"{FOLDER}/projector_config.json"
VANISHED = " All factors of this run are nearly zero, so what the Projector shows of them is rounding."
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")


def write(contents: RunContents, folder: Path, report: Report) -> list[Note]:
    """Write vectors, metadata and the configuration that names them."""
    factors, ratings = contents.need_factors(), contents.ratings
    rows = np.flatnonzero(factors.n_train_by_item)
    (folder / FOLDER).mkdir()
    with (folder / VECTORS).open("w", encoding="utf-8", newline="") as file:
        file.writelines("\t".join(map(str, row)) + "\n" for row in factors.item_factors[rows])
    items = ratings.item_table.iloc[rows]
    columns = {
        "title": items["title"],
        "item_id": items["item_id"],
        "genres": items["genres"],
        "year": items["year"],
        "n_train": factors.n_train_by_item[rows],
    }
    with (folder / METADATA).open("w", encoding="utf-8", newline="") as file:
        file.write("\t".join(columns) + "\n")
        file.writelines("\t".join(map(_cell, line)) + "\n" for line in zip(*columns.values(), strict=True))
    shape = [len(rows), factors.item_factors.shape[1]]
    (folder / CONFIG).write_text(json.dumps(_config(ratings.name, shape), indent=2), encoding="utf-8")
    report(1, 1)
    return [
        Note(
            VECTORS,
            "A line of factors per trained item, for the Embedding Projector: *Load* on projector.tensorflow.org takes "
            f"this file first and the next one second.{VANISHED if factors.have_vanished else ''}",
            f'vectors = numpy.loadtxt("{VECTORS}", delimiter="\\t", ndmin=2)',
        ),
        Note(
            METADATA,
            "What is known of the same items, in the same order, tabs and line breaks made blanks.",
            f'metadata = pandas.read_csv("{METADATA}", sep="\\t", quoting=3, dtype=str, keep_default_na=False)',
        ),
        Note(
            CONFIG,
            "Names both for a Projector that is opened with `?config=` and this file's address.",
            f'config = json.load(open("{CONFIG}", encoding="utf-8"))',
        ),
    ]


def _config(name: str, shape: list[int]) -> dict[str, object]:
    embedding = {
        "tensorName": f"{name}: item factors",
        "tensorShape": shape,
        "tensorPath": Path(VECTORS).name,
        "metadataPath": Path(METADATA).name,
    }
    return {"embeddings": [embedding]}


def _cell(value: object) -> str:
    """One cell, in one line; empty where nothing is known."""
    text = str(value)
    return "" if text == "<NA>" else _BREAKS.sub(" ", text).strip()


PART = Part("projector", "Embedding Projector", write)
