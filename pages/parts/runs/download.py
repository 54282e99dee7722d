"""The selected run as a zip, with the parts that the visitor chooses."""

from functools import partial

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.errors import CFError
from cf_core.exports.contents import RunContents
from cf_core.exports.parts import PARTS, parts_of
from cf_core.exports.zipped import quick_parts, zip_of
from cf_core.runs.spec import Run
from pages.parts.runs.keys import Key
from pages.shared import cached, server
from pages.shared.messages import show_error


def offer_download(run: Run) -> None:
    """A box with the parts and the button. The zip is made at the click."""
    if run.unfinished:
        return
    with st.popover("Download", icon=":material/download:"):
        try:
            ratings = cached.ratings(run.spec.data)
            run.check_data(ratings)
        except CFError as error:
            show_error(error)
            return
        _choose_parts(run, ratings)


def _choose_parts(run: Run, ratings: Ratings) -> None:
    quick = [part.name for part in quick_parts(run, ratings)]
    chosen = st.pills(
        "What to download",
        quick,
        default=quick,
        selection_mode="multi",
        format_func=lambda name: PARTS[name].title,
        key=f"{Key.PARTS}_{run.run_id}",
        help="The README in it says how to read each file. Another CF Lab takes in a zip with the weights.",
    )
    slow = [part.title.lower() for part in parts_of(run) if part.name not in quick]
    if slow:
        st.caption(f"Too large for a page: {', '.join(slow)}. Whoever runs this lab can have them:")
        st.code(f"python -m cf_core export {run.run_id} --to FOLDER", language=None, wrap_lines=True)
    st.download_button(
        "Download (zip)",
        partial(_zip, run, ratings, tuple(chosen)),
        f"{run.run_id}.zip",
        "application/zip",
        key=Key.DOWNLOAD,
        icon=":material/download:",
        on_click="ignore",
        disabled=not chosen,
    )


def _zip(run: Run, ratings: Ratings, names: tuple[str, ...]) -> bytes:
    return zip_of(RunContents.of(server.runs().store, run, ratings), parts_of(run, names))
