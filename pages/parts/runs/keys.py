"""What the page Your runs keeps in the session."""

from enum import StrEnum


class Key(StrEnum):
    """`DELETED` is the run deleted last; `SHOWN` is whether the address of the workspace is; `PARTS` is followed by the
    run whose parts were chosen."""

    DELETED = "runs_deleted"
    SHOWN = "runs_workspace_shown"
    PARTS = "runs_parts"
    DOWNLOAD = "runs_download"
    UPLOAD = "runs_upload"
