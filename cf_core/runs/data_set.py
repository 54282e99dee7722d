"""A data set that belongs to a workspace, as its list shows it."""

import re
from dataclasses import dataclass
from datetime import datetime

from cf_core.data.about import LONGEST_NAME

NAME_LENGTH = LONGEST_NAME


@dataclass(frozen=True)
class DataSet:
    """One of a workspace's own data sets.

    Attributes:
        data_id: by which addresses and sessions name it; no folder and no other data set is called so.
        name: the owner's, one line of any text.
        folder: where its files are, as `RunSpec.data` says it of its runs: an absolute folder, or the URL of one in an
            object store, which `read_ratings` takes too.
        created: when it was added.
        n_ratings: how many ratings it has.
        n_bytes: what its files take on the disk.
        deleted: when its owner deleted it; None unless they did.
    """

    data_id: str
    name: str
    folder: str
    created: datetime
    n_ratings: int
    n_bytes: int
    deleted: datetime | None = None

    @property
    def folder_name(self) -> str:
        """A name that a folder can have anywhere, as near to the owner's as can be."""
        plain = re.sub(r"[^\w\- ]+", "_", self.name).strip("_ -")
        return plain or self.data_id
