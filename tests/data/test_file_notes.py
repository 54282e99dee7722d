"""A note holds for files in the state that they were in, and for no other."""

import os
from pathlib import Path

import pytest

from cf_core.data.file_notes import SETTLED_SECONDS, FileState, Note


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "file"
    file.write_text("3.5")
    return file


def edit_unseen(file: Path, contents: bytes) -> None:
    """Other contents of the same size, and the time of change put back."""
    before = FileState.of(file)
    while FileState.of(file) == before:  # a clock may tick as rarely as every four milliseconds
        file.write_bytes(contents)
        os.utime(file, ns=(before.contents_changed, before.contents_changed))
    after = FileState.of(file)
    assert (after.n_bytes, after.contents_changed) == (before.n_bytes, before.contents_changed)


def test_it_comes_back_for_files_that_are_unchanged(file: Path, tmp_path: Path) -> None:
    note = tmp_path / "a.note"
    assert Note(note, FileState.of(file)).read() is None
    Note(note, FileState.of(file)).write("abc")
    assert Note(note, FileState.of(file)).read() == "abc"
    assert sorted(tmp_path.iterdir()) == [note, file]


def test_an_edited_file_has_another_state_even_with_its_size_and_time(file: Path, tmp_path: Path) -> None:
    Note(tmp_path / "a.note", FileState.of(file)).write("abc")
    edit_unseen(file, b"1.5")
    assert Note(tmp_path / "a.note", FileState.of(file)).read() is None


def test_a_file_in_its_place_has_another_state(file: Path, tmp_path: Path) -> None:
    state, other = FileState.of(file), tmp_path / "other"
    other.write_text("1.5")
    os.utime(other, ns=(state.contents_changed, state.contents_changed))
    other.replace(file)
    assert FileState.of(file).inode != state.inode


def test_each_of_several_files_counts(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("1.5")
    Note(tmp_path / "a.note", FileState.of(file), FileState.of(other)).write("abc")
    edit_unseen(other, b"2.5")
    assert Note(tmp_path / "a.note", FileState.of(file), FileState.of(other)).read() is None
    assert Note(tmp_path / "a.note", FileState.of(file)).read() is None


@pytest.mark.parametrize("damaged", ["", "[", "7", "[[], 7]", "[1, 2, 3]", '{"a": 1}', "\xff"])
def test_a_damaged_note_says_nothing(file: Path, tmp_path: Path, damaged: str) -> None:
    (tmp_path / "a.note").write_bytes(damaged.encode("latin-1"))
    assert Note(tmp_path / "a.note", FileState.of(file)).read() is None


def test_where_none_can_be_written_there_is_none(file: Path, tmp_path: Path) -> None:
    note = Note(file / "a.note", FileState.of(file))  # no folder
    note.write("abc")
    assert note.read() is None


def test_it_is_settled_some_seconds_after_the_last_change(file: Path) -> None:
    state = FileState.of(file)
    changed = max(state.contents_changed, state.anything_changed) / 1e9
    assert not state.is_settled(changed + SETTLED_SECONDS - 0.1)
    assert state.is_settled(changed + SETTLED_SECONDS + 0.1)
    os.utime(file, (0, 0))
    assert not FileState.of(file).is_settled(changed + 0.1), "the time of change is old, but it was just set"
