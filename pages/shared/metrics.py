"""A row of numbers that wraps where the page is narrow. Nothing in here computes one."""

from collections.abc import Mapping

import streamlit as st

_WIDTH = 150


def row_of_numbers(numbers: Mapping[str, str], helps: Mapping[str, str] | None = None, width: int = _WIDTH) -> None:
    """Each number below its label, `width` pixels each; `helps` explains some of them, by label."""
    with st.container(horizontal=True):
        for label, value in numbers.items():
            st.metric(label, value, help=(helps or {}).get(label), width=width)
