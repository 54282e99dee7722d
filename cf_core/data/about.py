"""What a data set says about itself, in the file `about.json` beside its ratings: what is rated, and in what unit.

    {"item": "book", "items": "books", "unit": "points"}

A data set without the file is about movies, and rated in stars.
"""

import json
import re
from pathlib import Path
from typing import Any, get_args

from cf_core.data.source import Source
from cf_core.errors import BadValueError
from cf_core.files import atomic_write
from cf_core.words import MOVIES, Unit, Words

ABOUT = "about.json"
LONGEST_NOUN = 30
_NOUN = re.compile(r"[^\W\d_](?:[^\W_]|[ '-])*")
_CURE = 'Write it as {"item": "book", "items": "books", "unit": "points"}, or delete it for movies and stars.'


def read_words(source: Source) -> Words:
    """The nouns of the data set in `source`.

    Raises:
        BadValueError: the file is there, but is not what it should be.
        MissingFileError: it cannot be opened.
    """
    if not source.has(ABOUT):
        return MOVIES
    file = source.where(ABOUT)
    try:
        told = json.loads(source.read(ABOUT).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadValueError("the file is not JSON", file=file, cure=_CURE) from error
    if not isinstance(told, dict):
        raise BadValueError("the file holds no JSON object", file=file, cure=_CURE)
    words: dict[str, Any] = {name: told.get(name) for name in ("item", "items", "unit")}
    wrong = [name for name in ("item", "items") if not is_noun(words[name])]
    wrong += ["unit"] if words["unit"] not in get_args(Unit) else []
    if wrong:
        problem = f"{wrong[0]} is missing or no {'unit: stars or points' if wrong[0] == 'unit' else 'noun'}"
        raise BadValueError(problem, file=file, count=len(wrong), cure=_CURE)
    return Words(**words)


def write_words(folder: Path, words: Words) -> None:
    """Write the file, whole or not at all."""
    with atomic_write(folder / ABOUT) as part:
        part.write_text(json.dumps({"item": words.item, "items": words.items, "unit": words.unit}), encoding="utf-8")


def is_noun(value: object) -> bool:
    """Whether it is a short text of letters, digits, blanks, hyphens and apostrophes that begins with a letter: nouns
    stand in Markdown as they are."""
    return isinstance(value, str) and len(value) <= LONGEST_NOUN and _NOUN.fullmatch(value) is not None
