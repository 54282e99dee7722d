"""What is said of a class in few words: its code, how to get in, how many are in it, how long it lasts."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from cf_core.classroom.codes import spoken_code
from cf_core.classroom.records import Class
from pages.parts.classroom.cached import Seen
from pages.parts.classroom.keys import Key
from pages.shared.address_of import address_of
from pages.shared.metrics import counted


def join_link(class_: Class) -> str:
    """The address that students join by."""
    return address_of("classroom", Key.JOIN, class_.code)


def show_code(class_: Class) -> None:
    """The code, for all to read."""
    st.html(f'<div class="class-code" role="img" aria-label="Code of the class">{spoken_code(class_.code)}</div>')


def show_numbers(seen: Seen) -> None:
    """How many are in the class, their runs, the queue, and the time that is left."""
    board = seen.board
    queue = "nothing in the queue"
    if board.n_training or board.n_waiting:
        queue = f"{board.n_training} in training, {board.n_waiting} waiting"
    numbers = [counted(board.n_members, "student"), counted(len(board.rows), "run"), queue, time_left(seen.class_)]
    st.caption(" · ".join(number for number in numbers if number))


def time_left(class_: Class) -> str:
    """How long the class is open, or that it has ended."""
    if not class_.is_open():
        return "ended"
    if class_.ends is None:
        return ""
    left = class_.ends - datetime.now(UTC)
    if left > timedelta(days=2):
        return f"ends in {left.days} days"
    if left > timedelta(hours=2):
        return f"ends in {left.seconds // 3600 + 24 * left.days} hours"
    minutes = -(-left.seconds // 60)
    return f"ends in {minutes} min" if minutes > 1 else "ends within a minute"
