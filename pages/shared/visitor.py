"""Who the visitor is to the queue: their address and their browser session."""

import uuid

import streamlit as st

from cf_core.runs.visitor import Visitor, trusted_proxies, visitor_address

SESSION = "visitor.session"
"""Session key of the name by which this session's runs are counted, whatever workspace they are in."""


def visitor() -> Visitor:
    """The visitor of this session; the address is the proxy's word where `CF_LAB_PROXIES` names the proxy."""
    forwarded = st.context.headers.get_all("X-Forwarded-For")
    address = visitor_address(st.context.ip_address, forwarded, trusted_proxies())
    return Visitor(address, st.session_state.setdefault(SESSION, uuid.uuid4().hex))
