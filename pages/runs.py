"""The runs of this browser's workspace: names, notes, links to share, deleting with undo; the workspace itself."""

from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from cf_core.runs.run_views import OwnRun
from cf_core.runs.spec import UNFINISHED, Run
from cf_core.runs.workspace import NAME_LENGTH, NOTE_LENGTH, new_token
from pages.shared import session
from pages.shared.app_frame import heading
from pages.shared.messages import attempt, plain


def table(runs: list[Run]) -> None:
    frame = pd.DataFrame(
        {
            "name": [run.name or run.run_id for run in runs],
            "recipe": [run.spec.config.recipe for run in runs],
            "began": [session.local_time(run.created) for run in runs],
            "outcome": ["in training" if run.outcome in UNFINISHED else run.outcome for run in runs],
            "epochs": [f"{run.n_epochs_done} of {run.spec.config.n_epochs}" for run in runs],
            "RMSE": [run.rmse for run in runs],
            "note": [run.note for run in runs],
        }
    )
    st.dataframe(
        frame, hide_index=True, column_config={"RMSE": st.column_config.NumberColumn("RMSE, stars", format="%.3f")}
    )


def keep(run: Run) -> None:
    """Name and note of the chosen run."""
    mine = session.workspace()
    name, note = f"name_{run.run_id}", f"note_{run.run_id}"
    st.text_input(
        "Name",
        run.name,
        max_chars=NAME_LENGTH,
        placeholder=run.run_id,
        key=name,
        on_change=lambda: attempt(mine.rename, run.run_id, st.session_state[name]),
    )
    st.text_area(
        "Note",
        run.note,
        max_chars=NOTE_LENGTH,
        placeholder="What did you expect, and what came out?",
        key=note,
        on_change=lambda: attempt(mine.annotate, run.run_id, st.session_state[note]),
    )


def share(run: Run) -> None:
    """A link that shows the chosen run and gives no control."""
    mine = session.workspace()
    if run.share_token is None:
        st.button(
            "Make a link to share", key="share", icon=":material/link:", on_click=attempt, args=(mine.share, run.run_id)
        )
        return
    st.caption("Whoever has this link sees the run's curves, movies and map, and can change nothing:")
    st.code(address("train", f"{session.SHARED}={run.share_token}"), language=None, wrap_lines=True)
    st.button("Take the link back", key="unshare", on_click=attempt, args=(mine.unshare, run.run_id))


def delete(run: Run) -> None:
    mine = session.workspace()
    if run.outcome in UNFINISHED:
        st.caption("A run in training can be deleted once it is stopped.")
        return
    st.button(
        "Delete this run", key="delete", icon=":material/delete:", on_click=attempt, args=(mine.delete, run.run_id)
    )


def undo(deleted: list[Run]) -> None:
    """What was deleted, to be taken back."""
    mine = session.workspace()
    with st.expander(f"Deleted ({len(deleted)})"):
        st.caption("Gone for good seven days after deleting.")
        for run in deleted:
            left, right = st.columns([4, 1])
            left.write(plain(session.run_label(run)))
            right.button("Undo", key=f"undo_{run.run_id}", on_click=attempt, args=(mine.restore, run.run_id))


def workspace() -> None:
    st.subheader("Your workspace")
    st.write("This browser finds its runs again by itself. To find them from another, keep this address to yourself:")
    st.code(address("runs", f"{session.WORKSPACE}={session.token()}"), language=None, wrap_lines=True)
    st.button(
        "Begin an empty workspace",
        key="reset",
        help="The runs here stay, and the address above leads back to them.",
        on_click=lambda: session.open_workspace(new_token()),
    )


def address(page: str, query: str) -> str:
    """The address of a page of this app with a query."""
    here = urlsplit(st.context.url or "")
    return here._replace(path=f"{here.path.rpartition('/')[0]}/{page}", query=query, fragment="").geturl()


heading(
    "Your runs",
    "Every training that you started is here with its settings, its curves and its weights, and nobody else sees it. "
    "Give those that taught you something a name and a note.",
    "name your best run and send a friend its link.",
)
mine = session.workspace()
runs, deleted, chosen = mine.runs(), mine.deleted(), session.chosen()
if runs:
    table(runs)
else:
    st.info("No runs yet.", icon=":material/model_training:")
    st.page_link("pages/train.py", label="Train one", icon=":material/arrow_forward:")
if isinstance(chosen, OwnRun):
    run = chosen.run
    st.subheader(plain(run.name or run.run_id))
    st.caption("The run that is chosen in the sidebar.")
    left, right = st.columns(2)
    with left:
        keep(run)
    with right:
        share(run)
        delete(run)
if deleted:
    undo(deleted)
workspace()
