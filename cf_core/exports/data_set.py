"""A workspace's own data set as a zip, in the form that `read_ratings`, the scripts and the notebooks read."""

import io
import zipfile

from cf_core.data.open_source import open_source
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
            for file in sorted(open_source(data_set.folder).path.iterdir()):
                archive.write(file, f"{data_set.folder_name}/{file.name}")
        except (OSError, MissingFileError) as error:
            cure = "If you deleted the data set, restore it."
            reason = error.strerror if isinstance(error, OSError) else "it is not there"
            raise MissingFileError(f"cannot be read ({reason})", file=data_set.name, cure=cure) from error
    return packed.getvalue()
