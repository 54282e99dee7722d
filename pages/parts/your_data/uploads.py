"""The upload of this visitor's workspace."""

import functools
from pathlib import Path

import streamlit as st

from cf_core.runs.incoming.upload import Upload
from cf_core.runs.incoming.uploads import Uploads
from pages.parts.your_data.keys import Key
from pages.shared import server, session, workspace_token
from pages.shared.dropped_file import take_file

UNPACKED, MOST_UNPACKED = 10, 2**30
"""So many times the size that an upload may have is read of one at most, when it is unpacked, and so many bytes."""


def upload() -> Upload | None:
    """The upload that the workspace has under way; None where there is none."""
    return _uploads().of(workspace_token.token())


def most_megabytes() -> int:
    """What a file may have at most; 0 where this server takes none."""
    return int(st.get_option("server.maxUploadSize"))


def take() -> None:
    """Keep the file that was dropped, and look at it. For `on_change`."""
    dropped = take_file(Key.FILE)
    if dropped is not None:
        session.workspace().data_sets.check_room(dropped.size)
        most_bytes = min(UNPACKED * most_megabytes() * 2**20, MOST_UNPACKED)
        _uploads().put(workspace_token.token(), dropped.name, dropped.getbuffer(), most_bytes)


def take_titles(upload: Upload) -> None:
    """Keep the table of titles that was dropped, and look at the ratings again. For `on_change`."""
    dropped = take_file(f"{Key.TITLES}_{upload.upload_id}")
    if dropped is not None:
        _uploads().add_titles(workspace_token.token(), dropped.name, dropped.getbuffer())


def discard() -> None:
    """Give the upload up. For `on_click`."""
    _uploads().remove(workspace_token.token())


def _uploads() -> Uploads:
    return _uploads_in(server.runs().store.data_sets.incoming)


@functools.cache
def _uploads_in(home: Path) -> Uploads:
    return Uploads(home)
