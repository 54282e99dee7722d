"""Files that visitors drop into a box: taken out of the server's memory at once, which keeps one for each visitor."""

import streamlit as st
from streamlit.runtime import exists, get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec


def take_file(key: str) -> UploadedFile | None:
    """The file that was dropped into the box with that key; None where there is none. The server forgets it. For
    `on_change`."""
    dropped: UploadedFile | None = st.session_state.get(key)
    manager, context = _manager(), get_script_run_ctx()
    if dropped is not None and context is not None and manager is not None:
        manager.remove_file(context.session_id, dropped.file_id)
    return dropped


def keep_one_each() -> None:
    """Have each visitor's last file replace those before. Streamlit keeps all that a browser sends, whether or not the
    page has a box for it, until the tab is closed; `server.maxUploadSize` limits only each."""
    manager = _manager()
    if manager is not None:
        _replace_files(manager)


def _replace_files(manager: MemoryUploadedFileManager) -> None:
    add_file = manager.add_file

    def replace_file(session_id: str, file: UploadedFileRec) -> None:
        manager.remove_session_files(session_id)
        add_file(session_id, file)

    manager.add_file = replace_file  # type: ignore[method-assign]


def _manager() -> MemoryUploadedFileManager | None:
    """What keeps uploads; None where no server is, as in tests of a page."""
    manager = get_instance().uploaded_file_mgr if exists() else None
    return manager if isinstance(manager, MemoryUploadedFileManager) else None
