"""Takes in a run that was downloaded, from this lab or another."""

import io

import streamlit as st

from cf_core.exports.importing.import_run import import_run
from cf_core.exports.importing.source import ZipSource
from pages.parts.runs.keys import Key
from pages.shared import cached, server, session
from pages.shared.dropped_file import take_file
from pages.shared.messages import attempt


def offer_import() -> None:
    """A box to drop the zip into; none where this server takes no files."""
    if not st.get_option("server.maxUploadSize"):
        return
    with st.popover("Import a run", icon=":material/upload:"):
        st.file_uploader(
            "A run's zip, with its weights",
            "zip",
            key=Key.UPLOAD,
            help="What Download gives. The data that the run was trained on have to be in this lab.",
            on_change=attempt,
            args=(_import,),
        )


def _import() -> None:
    """Import what was dropped, and select it. For `on_change`."""
    upload = take_file(Key.UPLOAD)
    if upload is None:
        return
    source, workspace = ZipSource(upload.name, io.BytesIO(upload.getvalue())), session.workspace()
    places = [*server.data_folders().values(), *(own.folder for own in workspace.data_sets.all())]
    run = import_run(source, server.runs().store.files, workspace.add_ended, places, cached.ratings)
    session.select_data_of(run)
    session.select_run(run.run_id)
    st.toast("Imported. It is selected now.", icon=":material/upload:")
