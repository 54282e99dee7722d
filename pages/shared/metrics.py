"""Numbers with their labels and units."""

from collections.abc import Mapping

import streamlit as st

_WIDTH = 150


def metric_row(numbers: Mapping[str, str], helps: Mapping[str, str] | None = None, width: int = _WIDTH) -> None:
    """A row that wraps where the page is narrow: each number below its label, `width` pixels wide; `helps` explains
    some of them, by label."""
    with st.container(horizontal=True):
        for label, value in numbers.items():
            st.metric(label, value, help=(helps or {}).get(label), width=width)


def counted(n: int, noun: str, strong: bool = False) -> str:
    """A number of things, `strong` in bold type: "1 user", "671 users"."""
    number = f"**{n:,}**" if strong else f"{n:,}"
    return f"{number} {noun}" if n == 1 else f"{number} {noun}s"
