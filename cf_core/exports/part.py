"""A part of an export: the files that it writes, and what the folder's README says of each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cf_core.exports.contents import Report, RunContents


@dataclass(frozen=True)
class Note:
    """What the README says of a file.

    Attributes:
        file: its path in the folder.
        says: what is in it, in a sentence or two of Markdown.
        read: one line of Python that reads it, in the folder; "" where a program of its own does.
    """

    file: str
    says: str
    read: str = ""


@dataclass(frozen=True)
class Part:
    """One thing that an export can have.

    Attributes:
        name: as on the command line.
        title: as on the screen.
        write: writes its files into a folder, tells of its progress, and says what they are.
        needs_factors: whether a run without factors cannot have it.
        needs_epoch: whether a run that has not trained a whole epoch cannot have it.
    """

    name: str
    title: str
    write: Callable[[RunContents, Path, Report], list[Note]]
    needs_factors: bool = True
    needs_epoch: bool = False
