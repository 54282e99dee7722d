"""Cookies that the browser keeps for the app.

They hold for the app's own part of the host, and under HTTPS go over HTTPS alone.
"""

import streamlit as st

WRITTEN = "cookies_written"
"""Session key of the names of the cookies that this session has written."""

_WRITE = """
const root = new URL("../../", document.querySelector('script[src*="static/js/"]').src);  // Streamlit's own

export default ({ data }) => {
  const written = (globalThis.cookiesOfThisTab ??= {});
  if (written[data.name] === data.value) return;  // another tab may have written since
  written[data.name] = data.value;
  const path = root.pathname.replace(/(.)\\/$/, "$1"), secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${data.name}=${data.value}; path=${path}; max-age=31536000; SameSite=Strict${secure}`;
};
"""


def read_cookie(name: str) -> str:
    """The value of a cookie when the session began, "" where there is none. Of several with that name, which are of
    several apps on one host, it is that of the longest path: browsers send it first."""
    pairs = (part.strip().partition("=") for part in st.context.headers.get("Cookie", "").split(";"))
    return next((value for key, _, value in pairs if key == name), "")


def keep_cookie(name: str, value: str) -> None:
    """Have the browser keep a cookie for a year, unless it has it already."""
    written: set[str] = st.session_state.setdefault(WRITTEN, set())
    if read_cookie(name) == value and name not in written:
        return
    written.add(name)
    st.components.v2.component(f"cookie_{name}", js=_WRITE)(data={"name": name, "value": value})
