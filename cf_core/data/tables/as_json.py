"""Options of an import, and what is understood and found of a source, as JSON has them: between two processes."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from cf_core.data.tables.options import Complaint, ImportOptions, ImportSummary, Roles, Understood
from cf_core.words import Words

Record = dict[str, Any]


def options_to_json(options: ImportOptions) -> Record:
    """The options as a dictionary of JSON's types."""
    return {**asdict(options), "titles": None if options.titles is None else str(options.titles)}


def options_from_json(record: Record) -> ImportOptions:
    """Undoes `options_to_json`."""
    roles, words, titles = record["roles"], record["words"], record["titles"]
    return ImportOptions(
        roles=None if roles is None else Roles(**roles),
        repeated=record["repeated"],
        words=None if words is None else Words(**words),
        titles=None if titles is None else Path(titles),
        has_header=record["has_header"],
        most_bytes=record["most_bytes"],
    )


def understood_to_json(understood: Understood) -> Record:
    """What is understood as a dictionary of JSON's types."""
    rows = understood.first_rows.to_numpy(dtype=object).tolist()
    record = {name: value for name, value in vars(understood).items() if name != "first_rows"}
    roles = None if understood.roles is None else asdict(understood.roles)
    told = {"roles": roles, "guessed": sorted(understood.guessed), "words": asdict(understood.words)}
    return {**record, **told, "rows": rows}


def understood_from_json(record: Record) -> Understood:
    """Undoes `understood_to_json`."""
    rest = {name: value for name, value in record.items() if name != "rows"}
    roles = record["roles"]
    return Understood(
        **{
            **rest,
            "columns": tuple(record["columns"]),
            "first_rows": pd.DataFrame(record["rows"], columns=record["columns"], dtype=object),
            "roles": None if roles is None else Roles(**roles),
            "guessed": frozenset(record["guessed"]),
            "why": tuple(record["why"]),
            "words": Words(**record["words"]),
        }
    )


def summary_from_json(record: Record) -> ImportSummary:
    """Undoes `asdict`."""
    return ImportSummary(**{**record, "words": Words(**record["words"]), "notes": tuple(record["notes"])})


def complaint_from_json(record: Record) -> Complaint:
    """Undoes `asdict`."""
    return Complaint(**record)
