"""A thousand damaged tables, the same ones each time: each is refused in a few words, or comes out as an independent
reader understands it."""

import random
from pathlib import Path

import pytest

from cf_core.data.tables.complaints import complaints
from cf_core.data.tables.importing import import_data_set
from cf_core.data.tables.options import ImportOptions, Roles
from cf_core.errors import CFError
from tests.data import independent_reader
from tests.data.independent_reader import Refused, require
from tests.data.test_fuzz import damaged, rows_of

N, PARTS = 1_000, 4
TABLE = (
    b'reader,book,score,when,title\n"Ann, B.",31,2.5,1260759144,A\n"Ann, B.",007,30,1260759179,"A ""b"""\n'
    b"Bo,31,40,1260759182,A\nBo,Caf\xc3\xa9,-5.0,1260759185,\nCy,007,0.5,1260759190,C\n"
)
ROLES = Roles("reader", "book", "score", "when", "title")


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_table_is_refused_or_read_right(tmp_path: Path, part: int) -> None:
    chance, n_read, n_only_refused = random.Random(part), 0, 0
    source = tmp_path / "table.csv"
    for number in range(N // PARTS):
        source.write_bytes(damaged(TABLE, chance))
        target = tmp_path / str(number)
        options = ImportOptions(ROLES, has_header=True)
        try:
            import_data_set(source, target, options)
            found = rows_of(target)
        except CFError as error:
            found = None
            assert len(str(error)) < 800 and str(error).isprintable(), (part, number)
            assert not target.exists()
        assert bool(listed(source, options)) == (found is None), (part, number, source.read_bytes())
        try:
            expected = expected_rows(source.read_bytes())
        except Refused:
            expected = None
        assert found in (None, expected), (part, number, source.read_bytes())
        n_read += found is not None
        n_only_refused += found is None and expected is not None
    assert n_read > 20
    assert n_only_refused < 5


@pytest.mark.parametrize("part", range(PARTS))
def test_damage_that_nobody_explains_is_understood_or_refused(tmp_path: Path, part: int) -> None:
    chance = random.Random(100 + part)
    source = tmp_path / "table.csv"
    for number in range(25):
        source.write_bytes(damaged(TABLE, chance))
        try:
            import_data_set(source, tmp_path / str(number))
        except CFError as error:
            assert str(error).isprintable()


def listed(source: Path, options: ImportOptions) -> list[object]:
    """The complaints, and what cannot even be listed as one."""
    try:
        return [*complaints(source, options)]
    except CFError as error:
        return [error]


def expected_rows(data: bytes) -> list[tuple[object, ...]]:
    """The rows of a table as the independent reader understands them."""
    rows = [row for row in independent_reader.records(text_of(data)) if len(row) > 1 or row[0].strip()]
    require(len(rows) > 1 and all(len(row) == len(rows[0]) for row in rows))
    header = [name.strip() for name in rows[0]]
    names = ("reader", "book", "score", "when", "title")
    require(all(name in header for name in names))
    taken = [[row[header.index(name)] for name in names] for row in rows[1:]]
    require(all(cell.strip() for row in taken for cell in row[:4]))
    require(len({(user, item) for user, item, *_ in taken}) == len(taken))
    stars = [independent_reader.number(row[2].strip()) for row in taken]
    require(len(set(stars)) > 1 and set(stars) != {0, 1})
    require(len({row[0] for row in taken}) > 1 and len({row[1] for row in taken}) > 1)
    first: dict[str, str] = {}
    for row in taken:
        first.setdefault(row[1], row[4] if row[4].strip() else row[1])
    times = [independent_reader.seconds(row[3].strip()) for row in taken]
    return [
        (row[0], row[1], pytest.approx(star, rel=1e-6), time, first[row[1]], "(no genres listed)")
        for row, star, time in zip(taken, stars, times, strict=True)
    ]


def text_of(data: bytes) -> str:
    data = data.removeprefix(b"\xef\xbb\xbf")
    require(b"\0" not in data)
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
