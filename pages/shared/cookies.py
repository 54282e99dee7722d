"""Cookies that the browser keeps for the app."""

import streamlit as st

_WRITE = "export default ({ data }) => { document.cookie = data.cookie; }"


def keep_cookie(name: str, value: str) -> None:
    """Have the browser keep a cookie for a year, unless it has it already."""
    if st.context.cookies.get(name) == value:
        return
    write = st.components.v2.component(f"cookie_{name}", js=_WRITE)
    write(data={"cookie": f"{name}={value}; path=/; max-age=31536000; SameSite=Strict"})
