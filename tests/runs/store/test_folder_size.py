"""The bytes in a folder: what is counted, and when it is counted anew."""

import os
import time

import pytest

from cf_core.runs.store.folder_size import folder_size


@pytest.fixture
def folder(tmp_path):
    """A folder with a file of 3 bytes that changed a minute ago."""
    (tmp_path / "file").write_bytes(b"abc")
    let_settle(tmp_path)
    return tmp_path


def let_settle(folder):
    os.utime(folder, (time.time() - 60,) * 2)


def test_files_count_and_subfolders_do_not(folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "file").write_bytes(b"12345")
    (folder / "gone").symlink_to("nowhere")
    assert (folder_size(folder), folder_size(folder / "sub"), folder_size(folder / "none")) == (3, 5, 0)


def test_what_has_not_changed_is_not_looked_at_again(folder, monkeypatch):
    assert folder_size(folder) == 3
    monkeypatch.setattr(os, "scandir", None)
    assert folder_size(folder) == 3


def test_a_file_that_was_replaced_or_deleted_counts_at_once(folder):
    assert folder_size(folder) == 3
    (folder / "file.part").write_bytes(b"12345")
    (folder / "file.part").replace(folder / "file")
    assert folder_size(folder) == 5
    (folder / "file").unlink()
    assert folder_size(folder) == 0


def test_a_folder_that_has_just_changed_is_not_remembered(folder):
    os.utime(folder)
    assert folder_size(folder) == 3
    changed = folder.stat().st_mtime_ns
    (folder / "other").write_bytes(b"12345")
    os.utime(folder, ns=(changed, changed))  # as if both changes had come within one tick of the clock
    assert folder_size(folder) == 8
