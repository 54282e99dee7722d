"""Two thousand damaged data sets, the same ones each time: the reader and an independent one agree on every one of
them, and what is refused is refused in a few words."""

import random
import time
from pathlib import Path

import pytest

from cf_core.data.reading import read_ratings
from cf_core.errors import CFError
from tests.data import independent_reader

N, PARTS = 2_000, 4
RATINGS = (
    b"userId,movieId,rating,timestamp\n"
    b"1,31,2.5,1260759144\n1,1029,3.0,1260759179\n2,31,4.0,1260759182\n3,10,5.0,1260759185\n3,31,0.5,1260759190\n"
)
MOVIES = b'movieId,title,genres\n31,Dangerous Minds (1995),Drama\n1029,"Dumbo, the (1941)",A|B\n10,GoldenEye,Action\n'
PIECES = [
    *(b'"', b'""', b",", b"\n", b"\r", b"\r\n", b" ", b"\t", b"\0", b"\xff", b"\xc3\xa9", b"\xef\xbb\xbf", b"\x1b[31m"),
    *(b"nan", b"inf", b"-1", b"1e39", b"1e9", b"2e9", b"0x10", b"1_000", b"007", b"3,", b"9223372036854775808", b"."),
    *(b"99999999999", b"-99999999999", b"9214646399", b"=cmd()", b"userId", b"a" * 200, b"\n\n", b"\n  \n", b"'"),
]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The file with one to three things done to it."""
    for _ in range(chance.randint(1, 3)):
        at, until = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        lines = data.splitlines(keepends=True)
        match chance.randrange(8):
            case 0 | 1 | 2:
                data = data[:at] + chance.choice(PIECES) + data[at:]
            case 3:
                data = data[:at] + chance.choice(PIECES) + data[at + 1 :]
            case 4:
                data = data[:at] + data[min(until, at + 8) :]
            case 5:
                data = b"".join([*lines, chance.choice(lines)]) if lines else data
            case 6:
                data = b"".join(chance.sample(lines, len(lines)))
            case 7:
                data = data.replace(b"\n", chance.choice([b"\r\n", b"\r"]))
    return data


@pytest.mark.parametrize("part", range(PARTS))
def test_the_reader_agrees_with_an_independent_one(tmp_path: Path, part: int) -> None:
    chance, n_read = random.Random(part), 0
    for number in range(N // PARTS):
        ratings, movies = (
            (damaged(RATINGS, chance), MOVIES) if chance.random() < 0.6 else (RATINGS, damaged(MOVIES, chance))
        )
        (tmp_path / "ratings.csv").write_bytes(ratings)
        (tmp_path / "movies.csv").write_bytes(movies)
        began = time.perf_counter()
        try:
            found = rows_of(tmp_path)
        except CFError as error:
            found = None
            assert len(str(error)) < 800 and str(error).isprintable(), (part, number)
        assert time.perf_counter() - began < 5
        try:
            expected = independent_reader.read(tmp_path)
        except independent_reader.Refused:
            expected = None
        assert found == expected, (part, number, ratings, movies)
        n_read += found is not None
    assert 50 < n_read < N // PARTS - 50


def rows_of(folder: Path) -> list[tuple[object, ...]]:
    """What the reader makes of a folder, in the independent one's words."""
    ratings = read_ratings(folder)
    frame, items = ratings.frame(), ratings.item_table
    titles = dict(zip(map(str, items.item_id), zip(items.title, items.genres, strict=True), strict=True))
    times = ratings.timestamp.tolist() if ratings.timestamp is not None else [None] * len(frame)
    rows = zip(frame.user_id.map(str), frame.item_id.map(str), frame.rating.tolist(), times, strict=True)
    return [(user, item, pytest.approx(star, rel=1e-6), when, *titles[item]) for user, item, star, when in rows]
