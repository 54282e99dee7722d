"""An export as a zip, for a page: what is quickly made and no more, since all visitors share the server."""

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from cf_core.data.ratings import Ratings
from cf_core.exports.contents import RunContents
from cf_core.exports.folder import write_into
from cf_core.exports.part import Part
from cf_core.exports.parts import parts_of
from cf_core.runs.spec import Run

SECONDS = 2.0
"""What all parts of a zip may take together, by the rates below."""

_NUMBERS, _CELLS, _ROWS = 1e6, 30e6, 300e3
"""Per second: factors written as text, scores of recommendations, predictions. Measured on one core."""

_PACKED = (".safetensors", ".parquet")
"""Ends of names of files that a zip makes no smaller."""


def quick_parts(run: Run, ratings: Ratings) -> list[Part]:
    """The parts that the run can have as a zip, cheap ones first to be let in, in the order of all parts."""
    allowed, left = [], SECONDS
    for part in sorted(parts_of(run), key=lambda part: _seconds(part, run, ratings)):
        left -= _seconds(part, run, ratings)
        if left >= 0:
            allowed.append(part.name)
    return [part for part in parts_of(run) if part.name in allowed]


def zip_of(contents: RunContents, parts: Sequence[Part]) -> bytes:
    """The zip, its files in one folder that has the run's id as its name; see `write_into` for what it raises."""
    home, packed = Path(contents.run.run_id), io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        write_into(contents, parts, Path(folder))
        with zipfile.ZipFile(packed, "w", compresslevel=1) as file:
            for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
                how = zipfile.ZIP_STORED if path.suffix in _PACKED else zipfile.ZIP_DEFLATED
                file.write(path, home / path.relative_to(folder), how)
    return packed.getvalue()


def _seconds(part: Part, run: Run, ratings: Ratings) -> float:
    """About how long a part takes."""
    n_factors = run.spec.config.model.n_factors
    n_items, n_both = ratings.n_items, ratings.n_users + ratings.n_items
    match part.name:
        case "weights":  # quick, but with the checkpoint 16 bytes a number, which the zip has in memory
            return n_both * n_factors / (5 * _NUMBERS)
        case "factors":
            return n_both * n_factors / _NUMBERS
        case "projector":
            return n_items * n_factors / (1.5 * _NUMBERS)
        case "recommendations":
            return ratings.n_users * n_items / _CELLS
        case "predictions":
            return ratings.n_ratings / 5 / _ROWS
        case _:
            return 0.0
