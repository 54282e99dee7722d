"""What is understood of an uploaded table, for correction, and the button that imports it."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from cf_core.data.about import LONGEST_NOUN
from cf_core.data.tables.complaints import MOST
from cf_core.data.tables.names import default_name
from cf_core.data.tables.options import Complaint, ImportOptions, Roles, Understood
from cf_core.runs.data_set import NAME_LENGTH, DataSet
from cf_core.runs.incoming.upload import Upload, with_header
from cf_core.runs.store.data_sets import Write
from cf_core.words import Words
from pages.parts.your_data import uploads
from pages.parts.your_data.keys import Key
from pages.shared import session
from pages.shared.choice import choice
from pages.shared.messages import attempt, escape_markdown, for_visitors
from pages.shared.table import data_table

ROLES = {
    "user": "Users (who)",
    "item": "Items (what)",
    "rating": "Ratings (how much)",
    "time": "Times",
    "title": "Titles",
    "genres": "Genres",
}
NEEDED = ("user", "item", "rating")
REPEATED = {"refuse": "is an error", "last": "the last counts", "mean": "the mean counts"}
ROWS_HEIGHT = 170


def show_form(upload: Upload) -> None:
    """The file, its columns, its name and nouns, its first rows or what is wrong with it."""
    understood = upload.understood
    assert understood is not None  # or there would be nothing to show
    show_head(upload)
    _show_state(upload)
    is_table = understood.kind == "table"
    if is_table:
        _choose_roles(upload, understood)
    _choose_words(upload, understood)
    if is_table:
        _choose_reading(upload, understood)
    _show_rows(upload, understood)


def show_head(upload: Upload) -> None:
    """The file, a way to another one and, once it is understood, the button that imports it."""
    understood = upload.understood
    with st.container(horizontal=True, vertical_alignment="center"):
        size = f"{upload.n_bytes / 2**20:.1f} MB" if upload.n_bytes >= 2**20 else f"{upload.n_bytes / 2**10:.0f} kB"
        why = None if understood is None else "\n".join(f"- {escape_markdown(one)}" for one in understood.why)
        st.markdown(f"**{escape_markdown(upload.file.name)}** · {size}", width="stretch", help=why)
        st.button("Another file", key="your_data_discard", icon=":material/close:", on_click=uploads.discard)
        if understood is not None:
            st.button(
                "Import",
                key="your_data_import",
                type="primary",
                icon=":material/check:",
                disabled=not upload.is_ready,
                on_click=attempt,
                args=(_start, upload),
            )


def _choose_roles(upload: Upload, understood: Understood) -> None:
    """A box for each role. A new choice is checked at once."""
    known = upload.options.roles or understood.roles
    boxes = [*st.columns(3), *st.columns(3)]
    for box, (role, label) in zip(boxes, ROLES.items(), strict=True):
        needed = role in NEEDED
        columns: list[str | None] = [*([] if needed else [None]), *understood.columns]
        now = None if known is None else getattr(known, role)
        box.selectbox(
            f"{label}, a guess" if role in understood.guessed and upload.options.roles is None else label,
            columns,
            index=columns.index(now) if now in columns else None if needed else 0,
            key=_key(Key.ROLE, upload, role),
            format_func=lambda column: "none" if column is None else column,
            placeholder="Which column?",
            on_change=attempt,
            args=(_take_roles, upload),
        )


def _take_roles(upload: Upload) -> None:
    chosen = {role: st.session_state[_key(Key.ROLE, upload, role)] for role in ROLES}
    if all(chosen[role] is not None for role in NEEDED):
        upload.look(replace(upload.options, roles=Roles(**chosen)))


def _choose_words(upload: Upload, understood: Understood) -> None:
    """The name of the data set, and what its items are called."""
    name, item, items = st.columns([2, 1, 1])
    name.text_input(
        "Name of the data set",
        default_name(upload.file.name),
        max_chars=NAME_LENGTH,
        key=_key(Key.NAME, upload),
    )
    words = upload.options.words or understood.words
    item.text_input("One item is a", words.item, max_chars=LONGEST_NOUN, key=_key(Key.ITEM, upload))
    items.text_input("Two of them are", words.items, max_chars=LONGEST_NOUN, key=_key(Key.ITEMS, upload))


def _choose_reading(upload: Upload, understood: Understood) -> None:
    """How the table is read: its header, repeated ratings, a second table with the titles."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if understood.delimiter is not None:
            key = _key(Key.HEADER, upload)
            st.checkbox(
                "First line is a header",
                understood.has_header,
                key=key,
                on_change=lambda: upload.look(with_header(upload.options, st.session_state[key])),
            )
        repeated = _key(Key.REPEATED, upload)
        st.selectbox(
            "A second rating of the same",
            list(REPEATED),
            index=list(REPEATED).index(upload.options.repeated),
            key=repeated,
            format_func=lambda value: f"Rated twice: {REPEATED[value]}",
            label_visibility="collapsed",
            width=220,
            on_change=lambda: upload.look(replace(upload.options, repeated=st.session_state[repeated])),
        )
        _choose_titles(upload)


def _choose_titles(upload: Upload) -> None:
    titles = upload.options.titles
    if titles is not None:
        st.button(
            f"Titles from {escape_markdown(titles.name)}",
            key="your_data_no_titles",
            icon=":material/close:",
            help="Leave it out again.",
            on_click=lambda: upload.look(replace(upload.options, titles=None)),
        )
        return
    with st.popover("Titles file", icon=":material/title:"):
        st.file_uploader(
            "A table with ids and titles",
            key=f"{Key.TITLES}_{upload.upload_id}",
            help="Where the ratings have ids only. A column of genres is read, too.",
            on_change=attempt,
            args=(uploads.take_titles, upload),
        )


def _show_state(upload: Upload) -> None:
    """In one line, whether it can be imported."""
    if upload.refusal:
        st.error(for_visitors(upload.refusal), icon=":material/error:")
    elif upload.doing == "looking":
        st.caption(":material/hourglass_top: Checking every row…")
    elif upload.complaints:
        n = len(upload.complaints)
        what = "one thing is" if n == 1 else f"{n} things are" if n < MOST else f"{MOST} things or more are"
        st.caption(f":material/error: It cannot be imported yet: {what} wrong, listed below.")
    else:
        st.caption(":material/check: Every row can be imported. Are these the right columns?")


def _show_rows(upload: Upload, understood: Understood) -> None:
    """The first rows, or else what is wrong."""
    if upload.complaints:
        key = _key(Key.SHOWN, upload)
        labels = {"wrong": "What is wrong", "rows": "First rows"}
        shown = choice("Shown", list(labels), key=key, format_func=labels.__getitem__, label_visibility="collapsed")
        if shown == "wrong":
            _show_complaints(upload.complaints, _key(Key.SHOWN, upload, "wrong"))
            return
    data_table(understood.first_rows, height=ROWS_HEIGHT, key=_key(Key.SHOWN, upload, "rows"), name="first-rows")


def _show_complaints(wrong: list[Complaint], key: str) -> None:
    files = {"file": [one.file for one in wrong]} if any(one.file for one in wrong) else {}
    table = pd.DataFrame(
        {
            **files,
            "line": pd.array([one.line for one in wrong], dtype="Int64"),
            "column": [one.column for one in wrong],
            "value": [one.value for one in wrong],
            "what is wrong": [one.problem for one in wrong],
            "what to do": [one.cure for one in wrong],
        }
    )
    widths = {"file": 80, "line": 50, "column": 80, "value": 80, "what is wrong": 230}
    data_table(
        table,
        height=ROWS_HEIGHT,
        key=key,
        name="what-is-wrong",
        column_config={name: st.column_config.Column(width=width) for name, width in widths.items()},
    )


def _start(upload: Upload) -> None:
    """Import under the name and with the nouns in the boxes. For `on_click`."""
    data_sets = session.workspace().data_sets
    name = data_sets.check_name(st.session_state[_key(Key.NAME, upload)])
    data_sets.check_room(upload.n_bytes)
    understood = upload.understood
    assert understood is not None  # the button is in its form
    item, items = (st.session_state[_key(key, upload)].strip() for key in (Key.ITEM, Key.ITEMS))
    upload.options = _with_words(upload.options, Words(item, items, understood.words.unit), understood)

    def add(write: Write) -> DataSet:
        return data_sets.add(name, write)

    upload.start_import(add)


def _with_words(options: ImportOptions, words: Words, understood: Understood) -> ImportOptions:
    return replace(options, words=None if words == understood.words else words)


def _key(key: Key, upload: Upload, what: str = "") -> str:
    """The key of a widget; columns are called otherwise without a header."""
    return f"{key}_{upload.upload_id}_{upload.options.has_header}_{what}"
