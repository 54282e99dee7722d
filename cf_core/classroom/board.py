"""The board of a class (`Board`): every run as a row, who is ahead, what was guessed; pure figures, computed from rows.

Only runs that finished are ranked. One that was stopped is shown with the RMSE that it had, but whoever watches the
validation loss and stops where it is lowest has chosen by the very rows that judge; resumed to its end, it counts.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from cf_core.classroom.records import Member

WAITING, TRAINING, FINISHED = "waiting", "in training", "finished"
STATES = {"queued": WAITING, "running": TRAINING}
"""What the board calls the outcomes of the store, where it calls them otherwise."""

COLUMNS: dict[str, Any] = {
    "run_id": object,
    "member_id": object,
    "nickname": object,
    "rmse": "float64",
    "seconds": "float64",
    "state": object,
    "epochs": "int64",
    "guess": object,
}
GUESS_COLUMNS = ("run_id", "member_id", "nickname", "question", "guess", "truth", "right")


class Best(NamedTuple):
    """The best finished run of a member.

    Attributes:
        rank: from 1; equal RMSEs share a rank, and of these the run that was submitted first comes first.
        settings: its free settings.
        n_runs: how many runs of theirs the board shows.
    """

    rank: int
    member_id: str
    nickname: str
    run_id: str
    rmse: float
    settings: dict[str, Any]
    n_runs: int


class Standing(NamedTuple):
    """Where a member stands.

    Attributes:
        best: their best run; None before one has finished.
        of: how many members are ranked.
        ahead: the best run of whoever is next above them, or of the last who is ranked where they are not yet; whose
            settings to try next. None for those at the top.
    """

    best: Best | None
    of: int
    ahead: Best | None


@dataclass(frozen=True, eq=False)
class Board:
    """The board at one moment.

    Attributes:
        rows: the runs of the members, by when they were submitted, without deleted ones: `run_id, member_id, nickname`,
            each free setting (a key of `SETTINGS`), `rmse` of the last epoch so far (in the unit of the ratings; NaN
            before the first, and of one that diverged), `seconds` (NaN until the end), `state`, `epochs` that have
            ended, `guess` in a few words.
        free: the free settings.
        best: of each member who has a finished run, the best first.
        guesses: a row per question that was guessed at: `run_id, member_id, nickname, question, guess, truth, right`;
            the last two are "" and None until the run has ended.
        n_members: those who have joined and were not removed.
        n_waiting, n_training: runs of the class.
        version: of no other board.
    """

    rows: pd.DataFrame
    free: tuple[str, ...]
    best: list[Best]
    guesses: pd.DataFrame
    n_members: int
    n_waiting: int
    n_training: int
    version: str = field(default_factory=lambda: uuid.uuid4().hex)


def make_board(free: Sequence[str], members: Sequence[Member], runs: pd.DataFrame, guesses: pd.DataFrame) -> Board:
    """The board of these runs and guesses; those of people who are no members are left out.

    Args:
        free: the free settings.
        members: those who are on the board.
        runs: as `Board.rows`, but without nicknames.
        guesses: as `Board.guesses`, but without nicknames.
    """
    nicknames = {member.member_id: member.nickname for member in members}
    rows, answers = _named(runs, nicknames), _named(guesses, nicknames)
    rows = rows[["run_id", "member_id", "nickname", *free, *list(COLUMNS)[3:]]]
    states = rows["state"].value_counts()
    n_waiting, n_training = int(states.get(WAITING, 0)), int(states.get(TRAINING, 0))
    best = _best(rows, free)
    return Board(rows, tuple(free), best, answers[[*GUESS_COLUMNS]], len(members), n_waiting, n_training)


def standing(board: Board, member_id: str) -> Standing:
    """Where that member stands on the board."""
    place = next((place for place, best in enumerate(board.best) if best.member_id == member_id), len(board.best))
    own = board.best[place] if place < len(board.best) else None
    above = [best for best in board.best[:place] if own is None or best.rmse < own.rmse]
    return Standing(own, len(board.best), above[-1] if above else None)


def best_table(board: Board) -> pd.DataFrame:
    """The best of each member as rows in order: `rank, member_id, nickname, run_id, rmse`, the free settings,
    `n_runs`."""
    columns = ["rank", "member_id", "nickname", "run_id", "rmse", *board.free, "n_runs"]
    return pd.DataFrame([{**best._asdict(), **best.settings} for best in board.best], columns=columns)


def who_was_right(board: Board) -> pd.DataFrame:
    """How many of each member's guesses came true: `member_id, nickname, right, judged`; those first who were right
    most often, and of these those who needed fewer guesses."""
    judged = board.guesses[board.guesses["truth"] != ""]
    counts = (
        judged.astype({"right": bool}).groupby(["member_id", "nickname"], as_index=False)["right"].agg(["sum", "size"])
    )
    counts = counts.rename(columns={"sum": "right", "size": "judged"})
    return counts.sort_values(["right", "judged", "nickname"], ascending=[False, True, True], ignore_index=True)


def _named(table: pd.DataFrame, nicknames: dict[str, str]) -> pd.DataFrame:
    """The rows of the members, with their nicknames."""
    of_members = table[table["member_id"].isin(nicknames)].reset_index(drop=True)
    return of_members.assign(nickname=of_members["member_id"].map(nicknames).astype(object))


def _best(rows: pd.DataFrame, free: Sequence[str]) -> list[Best]:
    finished = rows[(rows["state"] == FINISHED) & rows["rmse"].notna()]
    ordered = finished.sort_values("rmse", kind="stable").drop_duplicates("member_id")
    ranks, n_runs = ordered["rmse"].rank(method="min").astype(int), rows["member_id"].value_counts()
    return [
        Best(
            rank=int(rank),
            member_id=row["member_id"],
            nickname=row["nickname"],
            run_id=row["run_id"],
            rmse=float(row["rmse"]),
            settings={name: row[name] for name in free},
            n_runs=int(n_runs[row["member_id"]]),
        )
        for rank, row in zip(ranks, ordered.to_dict("records"), strict=True)
    ]
