"""Files are written whole or not at all, and an error leaves nothing behind."""

import pytest

from cf_core.errors import StoreError
from cf_core.files import atomic_write, remove_folder, writing_into


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("durable", [True, False])
def test_the_new_file_replaces_the_old_one_when_it_is_whole(tmp_path, durable):
    path = tmp_path / "file"
    path.write_text("old")
    with atomic_write(path, durable=durable) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new" and names(tmp_path) == ["file"]


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_an_error_passes_through_and_leaves_the_old_file_alone(tmp_path, error):
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(type(error)), atomic_write(path) as part:
        part.write_text("half")
        raise error
    assert path.read_text() == "old" and names(tmp_path) == ["file"]


def test_two_writers_with_names_of_their_own_do_not_meet(tmp_path):
    path = tmp_path / "file"
    with atomic_write(path, tmp_path / "1.part") as first, atomic_write(path, tmp_path / "2.part") as second:
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first" and names(tmp_path) == ["file"], "the last to end wins"


def test_a_folder_is_created_for_its_files_and_errors_name_it(tmp_path):
    folder = tmp_path / "runs"
    with writing_into(folder):
        (folder / "file").write_text("whole")
    with pytest.raises(StoreError, match=r"runs: could not be written \(full\).*Make room"), writing_into(folder):
        raise OSError(28, "full")
    assert names(folder) == ["file"]
    with pytest.raises(StoreError, match="nowhere"), writing_into(tmp_path / "no" / "nowhere"):
        pass


def test_a_folder_is_removed_once_and_again(tmp_path):
    (tmp_path / "runs" / "one").mkdir(parents=True)
    for _ in range(2):
        remove_folder(tmp_path / "runs")
    assert names(tmp_path) == []
