"""The record of a class, to keep and to hand on: its task, its figures and every run of its board, in a zip."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from cf_core.classroom.board import Best, Board, best_table, who_was_right
from cf_core.classroom.records import Class
from cf_core.spreadsheet import csv_of

README = """The record of a class in CF Lab.

record.json   the task, when the class was open, its figures, and the best run of each member
board.csv     every run that the board shows: nickname, settings, RMSE (in the unit of the ratings), state, epochs
best.csv      the best finished run of each member, in order
guesses.csv   every guess, and what came true
right.csv     how many guesses of each member came true
"""

_SECRET = ["run_id", "member_id"]
"""Ids, which tell a reader nothing."""


def record(class_: Class, board: Board, data_name: str, now: datetime | None = None) -> bytes:
    """The zip.

    Args:
        class_: of which no code, key or token is in it.
        board: the one to keep.
        data_name: what the data set is called; the task's folder is this server's affair.
        now: when the record is made.
    """
    figures = {
        "made": (now or datetime.now(UTC)).isoformat(timespec="seconds"),
        "class": _about(class_),
        "task": {**class_.task.to_json(), "data": data_name},
        "figures": _figures(board),
        "best": [_best(best) for best in board.best],
    }
    files = {
        "README.txt": README,
        "record.json": json.dumps(figures, ensure_ascii=False, indent=2, allow_nan=False) + "\n",
        "board.csv": csv_of(board.rows.drop(columns=_SECRET)),
        "best.csv": csv_of(best_table(board).drop(columns=_SECRET)),
        "guesses.csv": csv_of(board.guesses.drop(columns=_SECRET)),
        "right.csv": csv_of(who_was_right(board).drop(columns=_SECRET[1:])),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return packed.getvalue()


def _about(class_: Class) -> dict[str, str | None]:
    moments = {"opened": class_.created, "ends": class_.ends, "ended": class_.ended}
    return {name: None if at is None else at.isoformat(timespec="seconds") for name, at in moments.items()}


def _figures(board: Board) -> dict[str, Any]:
    """How many of everything, and how many of the guesses came true."""
    right = board.guesses["right"].dropna().astype(bool)
    return {
        "members": board.n_members,
        "runs": len(board.rows),
        "runs_by_state": {str(state): int(n) for state, n in board.rows["state"].value_counts().items()},
        "guesses": len(board.guesses),
        "guesses_judged": len(right),
        "guesses_right": int(right.sum()),
    }


def _best(best: Best) -> dict[str, Any]:
    return {name: value for name, value in best._asdict().items() if name not in _SECRET}
