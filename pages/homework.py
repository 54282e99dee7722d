"""A task for homework in one link, without a class: how to make one, how to work on it, and the result to hand in."""

from pathlib import Path

import streamlit as st

from cf_core.errors import ConfigError, SignedTextError, UnknownDataSetError
from pages.parts.homework.keys import Key
from pages.parts.homework.make import show_form
from pages.parts.homework.opened import leave, opened
from pages.parts.homework.result import show_result
from pages.parts.homework.work import show_work
from pages.shared.app_frame import page_header
from pages.shared.messages import show_error

STYLE = Path(__file__).parent / "parts" / "homework" / "style.css"
TRY_AS_STUDENT = "change one slider at a time, and say beforehand what will come of it."

task, result = opened()
page_header(
    "Homework",
    "A task in one link, without a class: what is free, what is locked, and the validation RMSE to reach. The link is "
    "signed by this lab, so that nobody can make the task easier, and so is the result that a student hands in.",
    "leave two settings free, and ask for an RMSE that takes some thought." if task is None else TRY_AS_STUDENT,
)
st.html(STYLE)
try:
    if result is not None:
        show_result(result, task)
    elif task is not None:
        show_work(task)
    else:
        show_form()
except (SignedTextError, UnknownDataSetError, ConfigError) as error:
    show_error(error)
    st.button("Make a task", key="homework_form_again", on_click=leave, args=(Key.TASK, Key.RESULT))
