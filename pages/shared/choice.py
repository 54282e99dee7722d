"""One of a few options, side by side: Streamlit's segmented control, typed by its options. Given those of a `Literal`
type, the value has that type: `metric: Metric = choice("Loss as", get_args(Metric), key="metric")`."""

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import streamlit as st

T = TypeVar("T")


def choice(
    label: str,
    options: Sequence[T],
    *,
    key: str,
    default: T | None = None,
    format_func: Callable[[T], str] = str,
    help: str | None = None,
    in_address: bool = False,
    label_visibility: Literal["visible", "hidden", "collapsed"] = "visible",
) -> T:
    """The option that is selected; one always is, at first `default` or else the first option.

    Args:
        in_address: whether the address keeps the option, under the name `key`.
    """
    return st.segmented_control(
        label,
        options,
        default=options[0] if default is None else default,
        required=True,
        key=key,
        format_func=format_func,
        help=help,
        bind="query-params" if in_address else None,
        persist_state="session",
        label_visibility=label_visibility,
    )


def optional_choice(
    label: str,
    options: Sequence[T],
    *,
    key: str,
    default: T | None = None,
    format_func: Callable[[T], str] = str,
    help: str | None = None,
) -> T | None:
    """The option that is selected, at first `default`; None where a second click has taken the selection back."""
    return st.segmented_control(
        label, options, default=default, key=key, format_func=format_func, help=help, persist_state="session"
    )
