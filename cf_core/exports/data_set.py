"""A workspace's own data set as a zip, in the form that `read_ratings`, the scripts and the notebooks read."""

import io
import zipfile

from cf_core.errors import MissingFileError
from cf_core.runs.data_set import DataSet


def zip_of_data_set(data_set: DataSet) -> bytes:
    """A zip with one folder, which has the files of the data set.

    Raises:
        MissingFileError: a file is gone or cannot be read.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        try:
            for file in sorted(data_set.folder.iterdir()):
                archive.write(file, f"{data_set.folder_name}/{file.name}")
        except OSError as error:
            cure = "If you deleted the data set, restore it."
            raise MissingFileError(f"cannot be read ({error.strerror})", file=data_set.name, cure=cure) from error
    return packed.getvalue()
