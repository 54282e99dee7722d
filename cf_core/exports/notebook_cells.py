"""Cells of a notebook, and text of others that is safe in them."""

import json
import string
from typing import Literal, NamedTuple

_PLAIN = frozenset(" ,'-%()")
_MARKS = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation if mark not in _PLAIN}


class Cell(NamedTuple):
    """One cell.

    Attributes:
        kind: Markdown or Python.
        cell_id: its name in the file: letters and hyphens.
        source: its text.
    """

    kind: Literal["markdown", "code"]
    cell_id: str
    source: str


def text(cell_id: str, *paragraphs: str) -> Cell:
    """A cell of Markdown; what others wrote has to be `safe` in it."""
    return Cell("markdown", cell_id, "\n\n".join(paragraphs))


def code(cell_id: str, *lines: str) -> Cell:
    """A cell of Python."""
    return Cell("code", cell_id, "\n".join(lines))


def safe(written: str) -> str:
    """What others wrote, in one line of Markdown that neither Markdown, HTML, nor TeX reads anything into, and without
    signs that cannot be seen. Marks are written as HTML's numbers of them: a notebook looks for TeX before it looks for
    backslashes."""
    words = ("".join(sign for sign in word if sign.isprintable()) for word in written.split())
    return " ".join(word for word in words if word).translate(_MARKS)


def literal(value: str) -> str:
    """A string as Python has it."""
    return json.dumps(value, ensure_ascii=False)
