"""From a dropped file to a data set: the box, what is understood, the import, and what came of it."""

import streamlit as st

from cf_core.runs.data_set import DataSet
from cf_core.runs.incoming.upload import Upload
from pages.parts.your_data import uploads
from pages.parts.your_data.form import show_form, show_head
from pages.parts.your_data.keys import Key
from pages.shared import session
from pages.shared.messages import attempt, escape_markdown, for_visitors
from pages.shared.refresh import interval

TAKES = (
    "CSV, TSV or semicolons, with or without a header, also as `.gz`; Parquet; or a MovieLens edition as its zip. "
    "One row is one rating: who, what, how much."
)


def show_upload(every: float | None) -> None:
    """What is there to do now; `every` is how often this is drawn again."""
    upload = uploads.upload()
    if (every is not None) != _is_under_way(upload):
        st.rerun()  # something was begun or has ended: refresh from now on, or no more
    if upload is None:
        _show_box()
    elif upload.data_set is not None:
        _show_done(upload, upload.data_set)
    elif upload.doing == "importing":
        _show_progress(upload)
    elif upload.understood is not None:
        show_form(upload)
    elif upload.doing == "looking":
        show_head(upload)
        st.info("Looking at the file…", icon=":material/hourglass_top:")
    else:
        show_head(upload)
        st.error(for_visitors(upload.refusal), icon=":material/error:")


def refresh_every() -> float | None:
    """How often to look what became of the upload; None while nothing is under way."""
    return interval(_is_under_way(uploads.upload()))


def _is_under_way(upload: Upload | None) -> bool:
    return upload is not None and upload.doing != "nothing"


def _show_box() -> None:
    most = uploads.most_megabytes()
    if not most:
        st.info(
            "This lab takes no files in the browser. Whoever runs it can bring yours:\n\n"
            "`python -m cf_core import FILE --name NAME`",
            icon=":material/upload_file:",
        )
        return
    st.file_uploader(
        "A table of ratings",
        key=Key.FILE,
        help=TAKES,
        on_change=attempt,
        args=(uploads.take,),
    )
    st.caption(
        "No file at hand? Any table with a column each of who, what and how much will do, such as this one:",
    )
    st.code("reader,book,points\nAnn,Emma,90\nAnn,Dracula,35\nBob,Emma,70", language=None)


def _show_progress(upload: Upload) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(upload.progress, f"Importing {escape_markdown(upload.file.name)}…")
        st.button("Stop", key="your_data_stop", icon=":material/stop:", on_click=upload.stop)


def _show_done(upload: Upload, data_set: DataSet) -> None:
    """What was imported, which is selected now, and where to go with it."""
    if st.session_state.get(Key.FOLLOWED) != upload.upload_id:
        st.session_state[Key.FOLLOWED] = upload.upload_id
        session.follow_data(data_set.data_id)
    summary = upload.summary
    assert summary is not None  # a data set comes of an import
    st.success(
        f"**{escape_markdown(data_set.name)}** is here: {summary.n_ratings:,} ratings of {summary.n_users:,} users for "
        f"{summary.words.count(summary.n_items)}.",
        icon=":material/check:",
    )
    if summary.notes:
        st.caption(escape_markdown(" ".join(summary.notes)))
    with st.container(horizontal=True, vertical_alignment="center"):
        if session.data_folder() == data_set.folder:
            st.page_link("pages/data.py", label="Look at the table", icon=":material/grid_on:")
            st.page_link("pages/train.py", label="Train on it", icon=":material/show_chart:")
        else:
            st.button(
                "Select it",
                key="your_data_select",
                icon=":material/check:",
                on_click=session.select_data,
                args=(data_set.data_id,),
            )
        st.button("Bring another file", key="your_data_discard", icon=":material/upload:", on_click=uploads.discard)
