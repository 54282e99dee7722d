"""The parameters of the address, other than those that Streamlit binds to widgets, and what Back does with them."""

import streamlit as st

GATHERED = "address_gathered"
"""Session key of the parameters that this run of the page has asked for, by name."""

_JS = """
export default () => {
  if (history.pushState.countsPages) return;
  const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
  let atLastAction = location.href;  // the address when the student last clicked or pressed a key
  for (const action of ["click", "keydown"]) addEventListener(action, () => (atLastAction = location.href), true);
  const pathOf = (address) => new URL(address, location.href).pathname;
  const pushPage = (state, unused, address) => {
    if (pathOf(address) === location.pathname) {
      replace(state, unused, address);
      return;
    }
    if (pathOf(atLastAction) === location.pathname) replace(history.state, unused, atLastAction);
    push(state, unused, address);
  };
  history.pushState = Object.assign(pushPage, { countsPages: true });
};
"""


def keep(name: str, value: str | None) -> None:
    """Have the address hold this parameter, or leave it out where `value` is None: a default goes without saying."""
    st.session_state.setdefault(GATHERED, {})[name] = value


def write() -> None:
    """Change the address to what was gathered, where it differs: once in a run, since each change is sent."""
    wanted: dict[str, str | None] = st.session_state.pop(GATHERED, {})
    for name in wanted:
        if wanted[name] is None and name in st.query_params:
            del st.query_params[name]
    present = st.query_params.to_dict()
    changed = {name: value for name, value in wanted.items() if value is not None and value != present.get(name)}
    if changed:
        st.query_params.update(changed)


def let_back_leave_the_page() -> None:
    """Have Back take one press. Streamlit makes a history entry of every parameter that it writes, so that several
    presses would lead from the page to itself: here an address that changes on the same page takes the place of the one
    before. When a page is left, Streamlit may take its parameters out between the click and the new page: then they are
    put back."""
    st.components.v2.component("back_leaves_the_page", js=_JS)()
