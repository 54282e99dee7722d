"""What a data set says about itself, in the file `about.json` beside its ratings: what is rated, in what unit, and what
somebody calls it.

    {"item": "book", "items": "books", "unit": "points", "name": "My books"}

A data set without the file is about movies, and rated in stars. One without a name is called by that of its folder.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from cf_core.data.source import Source
from cf_core.errors import BadValueError
from cf_core.files import atomic_write
from cf_core.words import MOVIES, Unit, Words

ABOUT = "about.json"
LONGEST_NOUN, LONGEST_NAME = 30, 60
_NOUN = re.compile(r"[^\W\d_](?:[^\W_]|[ '-])*")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_CURE = 'Write it as {"item": "book", "items": "books", "unit": "points"}, or delete it for movies and stars.'


@dataclass(frozen=True)
class About:
    """What is rated, and in what; and the name to show, None for that of the folder. The folder stays what tells data
    sets apart: two may show the same name."""

    words: Words = MOVIES
    name: str | None = None


def read_about(source: Source) -> About:
    """What the data set in `source` says about itself.

    Raises:
        BadValueError: the file is there, but is not what it should be.
        MissingFileError: it cannot be opened.
    """
    if not source.has(ABOUT):
        return About()
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
    if told.get("name") is not None and not _is_name(told["name"]):
        cure = f"Write it in one line of at most {LONGEST_NAME} characters, or leave it out."
        raise BadValueError("name is no line of text", file=file, cure=cure)
    return About(Words(**words), told.get("name"))


def write_about(folder: Path, about: About) -> None:
    """Write the file, whole or not at all."""
    words = about.words
    told = {"item": words.item, "items": words.items, "unit": words.unit}
    if about.name is not None:
        told["name"] = about.name
    with atomic_write(folder / ABOUT) as part:
        part.write_text(json.dumps(told), encoding="utf-8")


def _is_name(value: object) -> bool:
    """Whether it is one line of text, without characters that control a terminal or turn the direction of writing."""
    return (
        isinstance(value, str) and 0 < len(value.strip()) <= len(value) <= LONGEST_NAME and not _CONTROL.search(value)
    )


def is_noun(value: object) -> bool:
    """Whether it is a short text of letters, digits, blanks, hyphens and apostrophes that begins with a letter: nouns
    stand in Markdown as they are."""
    return isinstance(value, str) and len(value) <= LONGEST_NOUN and _NOUN.fullmatch(value) is not None
