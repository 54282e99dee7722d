"""Addresses of this app to copy."""

from urllib.parse import urlencode, urlsplit

import streamlit as st


def address_of(page: str, name: str, value: str, fragment: str = "") -> str:
    """The address of a page of this app, with one parameter, and what is for the browser alone."""
    here = urlsplit(st.context.url or "")
    path = f"{here.path.rpartition('/')[0]}/{page}"
    return here._replace(path=path, query=urlencode({name: value}), fragment=fragment).geturl()
