"""A second reader of MovieLens folders, which shares no line with the first: a state machine over characters, and the
rules of `cf_core/data` in plain loops. Slow, and says only whether and not why."""

import math
import re
from pathlib import Path

Rows = list[list[str]]


class Refused(Exception):
    """The data set breaks a rule."""


def read(folder: Path) -> list[tuple[str, str, float, int | None, str, str]]:
    """User, movie, rating, timestamp, title and genres of each rating, in the order of the file."""
    ratings, movies = table(folder / "ratings.csv"), table(folder / "movies.csv")
    user, item, rating, timestamp = (column(ratings, name) for name in ("userId", "movieId", "rating", "timestamp"))
    listed, title, genres = (column(movies, name) for name in ("movieId", "title", "genres"))
    if not (user and item and rating and listed and title and genres):
        raise Refused("a column is missing, or there are no rows")
    for values in (user, item, rating, timestamp or [], listed, title, genres):
        require(all(value.strip() for value in values))
    of_movie = dict(zip(listed, zip(title, genres, strict=True), strict=True))
    require(len(of_movie) == len(listed))
    require(len(set(zip(user, item, strict=True))) == len(user))
    require(all(movie in of_movie for movie in item))
    stars = [number(text) for text in rating]
    require(len(set(stars)) > 1 and len(set(user)) > 1 and len(set(item)) > 1)
    times = [seconds(text) for text in timestamp] if timestamp else [None] * len(user)
    return [(*row, *of_movie[row[1]]) for row in zip(user, item, stars, times, strict=True)]


def require(holds: bool) -> None:
    if not holds:
        raise Refused("a rule does not hold")


def number(text: str) -> float:
    require(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII) is not None)
    require(math.isfinite(float(text)) and abs(float(text)) <= 1e9)
    return float(text)


def seconds(text: str) -> int:
    require(re.fullmatch(r"-?\d{1,11}", text, re.ASCII) is not None)
    require(-9_214_560_000 <= int(text) < 9_214_646_400)
    return int(text)


def column(rows: Rows, name: str) -> list[str] | None:
    """The values of a column, None where there is none."""
    if name not in rows[0]:
        return None
    require(rows[0].count(name) == 1)
    at = rows[0].index(name)
    return [row[at] for row in rows[1:]]


def table(file: Path) -> Rows:
    """The header and all rows, which are equally wide."""
    data = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    require(b"\0" not in data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("not UTF-8") from None
    rows = records(text)
    require(bool(rows) and all(len(row) == len(rows[0]) for row in rows))
    return rows


def records(text: str) -> Rows:
    """Fields may be quoted as a whole; a quote within quotes is doubled; lines end in CR, LF or both; lines of blanks
    are no rows."""
    rows: Rows = []
    fields, field, state = [], "", "start"
    began = at = 0
    while at < len(text):
        char = text[at]
        at += 1
        ends_line = char in "\r\n"
        if char == "\r" and text[at : at + 1] == "\n" and state != "quoted":
            at += 1
        if state == "quoted":
            if char == '"':
                state = "closed"
            else:
                field += char
        elif char == '"' and state == "closed":
            field, state = field + '"', "quoted"
        elif char == '"' and state == "start":
            state = "quoted"
        elif char == "," or ends_line:
            fields, field, state = [*fields, field], "", "start"
            if ends_line:
                if text[began:at].strip(" \t\r\n"):
                    rows.append(fields)
                fields, began = [], at
        else:
            require(state != "closed")
            field, state = field + char, "plain"
    require(state != "quoted")
    if text[began:].strip(" \t\r\n"):
        rows.append([*fields, field])
    return rows
