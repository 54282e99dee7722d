"""Arrays come back from a file as they were, and nothing that has happened to it passes for them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from cf_core.data import array_file, file_notes
from cf_core.data.array_file import DamagedFileError, InPieces, map_arrays, note_of, write_arrays

some = arrays(st.sampled_from([np.int64, np.float32, np.uint8, np.int32]), array_shapes(max_dims=2, min_side=0))


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_notes, "SETTLED_SECONDS", -1.0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_arrays(tmp_path / "some", [np.arange(1000), np.ones(3, dtype=np.float32)])
    return tmp_path / "some"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(some, max_size=4))
def test_they_come_back(tmp_path: Path, written: list[NDArray[Any]]) -> None:
    (tmp_path / "some").unlink(missing_ok=True)
    at_once = write_arrays(tmp_path / "some", written)
    for one, *others in zip(written, at_once, map_arrays(tmp_path / "some"), strict=True):
        for other in others:
            np.testing.assert_array_equal(one, other, strict=True)
            assert not other.size or other.ctypes.data % 64 == 0


def test_one_that_is_made_in_pieces(tmp_path: Path) -> None:
    pieces = (np.arange(first, first + 10) for first in (0, 10, 20))
    write_arrays(tmp_path / "in pieces", [np.ones(3), InPieces(30, pieces), np.ones(2)])
    write_arrays(tmp_path / "whole", [np.ones(3), np.arange(30), np.ones(2)])
    assert (tmp_path / "in pieces").read_bytes() == (tmp_path / "whole").read_bytes()


def test_what_has_just_been_written_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = count_checks(monkeypatch)
    write_arrays(tmp_path / "some", [np.ones(3)])
    assert not checks


def test_nobody_can_write_into_them(file: Path) -> None:
    numbers, _ = map_arrays(file)
    with pytest.raises(ValueError, match="read-only"):
        numbers[0] = 7
    with pytest.raises(ValueError, match="WRITEABLE"):
        numbers.flags.writeable = True


def test_they_stay_when_the_file_is_replaced_or_deleted(file: Path) -> None:
    numbers, _ = map_arrays(file)
    file.unlink()
    write_arrays(file, [np.zeros(1000)])
    assert numbers.tolist() == list(range(1000))


def count_checks(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    checks, is_intact = [], array_file._is_intact

    def counted(*given: Any) -> bool:
        checks.append(None)
        return is_intact(*given)

    monkeypatch.setattr(array_file, "_is_intact", counted)
    return checks


def test_it_is_checked_once_after_the_machine_has_started(
    file: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = count_checks(monkeypatch)
    for _ in range(3):
        map_arrays(file)
    assert len(checks) == 1
    monkeypatch.setattr(array_file, "this_boot", lambda: "another")
    for _ in range(3):
        map_arrays(file)
    assert len(checks) == 2


def test_a_file_just_written_is_checked_each_time(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = count_checks(monkeypatch)
    for _ in range(3):
        map_arrays(file)
    assert len(checks) == 3
    assert not note_of(file).exists()


@pytest.mark.parametrize("damage", ["cut", "empty", "longer", "a bit"])
def test_damage_is_noticed_also_where_it_was_intact_before(file: Path, settled: None, damage: str) -> None:
    map_arrays(file)
    whole = file.read_bytes()
    flipped = whole[:2000] + bytes([whole[2000] ^ 1]) + whole[2001:]
    file.unlink()
    file.write_bytes({"cut": whole[:-500], "empty": b"", "longer": whole + bytes(64), "a bit": flipped}[damage])
    with pytest.raises(DamagedFileError):
        map_arrays(file)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        map_arrays(file)
