"""Times as tables write them: seconds or milliseconds since 1970, or ISO dates."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cf_core.data.checks import Found, check, quoted, refuse
from cf_core.data.raw import TextColumn
from cf_core.errors import BadValueError

# Without \d and \s, which would make pandas match one text after the other. Each pattern is one group.
_DAY, _CLOCK = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
_PATTERNS = {
    "seconds": "(?:-?[0-9]{1,11})",
    "milliseconds": "(?:[0-9]{12,13})",
    "dates": f"(?:{_DAY}(?:[T ]{_CLOCK})? ?(?:Z|UTC|[+-][0-9]{{2}}:?[0-9]{{2}})?)",
}
_SURE = "(?:1?[0-9]{9})"
"""Of the years 1973 to 2033, in seconds."""
NOTES = {
    "seconds": [],
    "milliseconds": ["The times are in milliseconds; they were read as whole seconds."],
    "dates": ["The times are dates; they were read as seconds since 1970, in UTC where they name no zone."],
}


def looks_like_times(text: pd.Series) -> bool:
    """Whether nearly all values are ten-digit seconds, thirteen-digit milliseconds or ISO dates."""
    if not len(text):
        return False
    text = text.str.strip()
    return any(
        text.str.fullmatch(_PATTERNS.get(kind, _SURE)).mean() > 0.9 for kind in ("sure", "milliseconds", "dates")
    )


def kind_of(texts: "pd.Index[str]") -> str:
    """How most of the values are written: "seconds", "milliseconds" or "dates"."""
    fit = {}
    for kind, pattern in _PATTERNS.items():
        fit[kind] = int(np.asarray(texts.str.fullmatch(pattern), dtype=np.bool_).sum())
        if fit[kind] == len(texts):
            break
    return max(fit, key=fit.__getitem__)


def as_seconds(column: TextColumn, found: Found = refuse) -> tuple[TextColumn, list[str]]:
    """The column in whole seconds since 1970 as text, to be checked, and notes on what was made of it.

    Args:
        column: of values without blanks around them.

    Raises:
        BadValueError: a value is not written as most are, or is a date that the calendar does not have.
    """
    index, texts = column.indexed
    kind = kind_of(texts)
    if kind == "seconds":
        return column, []
    right = np.asarray(texts.str.fullmatch(_PATTERNS[kind]), dtype=np.bool_)
    seconds = pd.Series("", index=range(len(texts)), dtype="str")
    written = pd.Series(texts[right])
    if kind == "milliseconds":
        seconds[right] = (written.astype("int64") // 1000).astype("str").to_numpy()
    else:
        parsed = pd.to_datetime(written.str.replace(",", "."), format="ISO8601", utc=True, errors="coerce")
        right[np.flatnonzero(right)[parsed.isna().to_numpy()]] = False
        seconds[right] = parsed.dropna().dt.as_unit("s").astype("int64").astype("str").to_numpy()
    cure = "Write all times alike: as seconds since 1970, or as dates such as 2015-07-31."
    check(
        column, ~right[index], BadValueError, lambda row: f"{quoted(column, row)} is not one of the {kind}", cure, found
    )
    return replace(column, text=seconds.take(index).reset_index(drop=True)), NOTES[kind]
