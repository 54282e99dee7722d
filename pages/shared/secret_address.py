"""A secret that an address brings: the browser tells it, and it leaves the address.

Such an address ends in `?NAME=open#SECRET`: what follows the # stays in the browser, so that no server on the way has
the secret in its log. An older one, `?NAME=SECRET`, is understood as well.
"""

from collections.abc import Callable

import streamlit as st

IN_FRAGMENT = "open"

_JS = """
export default ({ data, setTriggerValue }) => {
  const here = new URL(location.href);
  const named = here.searchParams.get(data.name);
  if (named === null) return;
  const secret = named === data.inFragment ? here.hash.slice(1) : named;
  here.searchParams.delete(data.name);
  here.hash = "";
  history.replaceState(history.state, "", here);
  setTriggerValue("secret", secret);
};
"""


def is_in_address(name: str) -> bool:
    """Whether the address brings a secret of that name. To write the address meanwhile would make a history entry of
    it."""
    return name in st.query_params


def read(name: str, take: Callable[[str], None]) -> None:
    """Have the browser take the secret out of the address and the history entry, and then call `take` with it."""
    key = f"read_{name}"

    def tell() -> None:
        take(st.session_state[key].secret)
        forget(name)

    reader = st.components.v2.component("read_secret", js=_JS)
    reader(key=key, data={"name": name, "inFragment": IN_FRAGMENT}, on_secret_change=tell)


def forget(name: str) -> None:
    """The browser has taken it out of the address, but goes on telling the server what it was."""
    if name in st.query_params:
        del st.query_params[name]
