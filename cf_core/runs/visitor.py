"""Who asks for a run, as far as a server can tell: the address and the browser session behind a workspace.

A workspace costs a click, so the queue shares workers out over addresses first (see `workers/fair_order.py`), and the
disk has a quota for each.
"""

import hashlib
import os
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from cf_core.errors import ConfigError

LOCAL = "127.0.0.1"
PREFIX = 64
"""Bits of an IPv6 address that name a connection; its user chooses the others."""

Networks = tuple[IPv4Network | IPv6Network, ...]


class Visitor(NamedTuple):
    """`address` is where they come from, as `visitor_address` gives it; `session` names the browser session. Each is ""
    where it is not known."""

    address: str = ""
    session: str = ""


UNKNOWN = Visitor()
"""Of whom nothing is known: a script."""


def trusted_proxies() -> Networks:
    """The proxies whose word about their visitors' addresses counts: addresses or networks in `CF_LAB_PROXIES`, with
    commas between them; none by default.

    Raises:
        ConfigError: it holds something else.
    """
    given = os.environ.get("CF_LAB_PROXIES", "")
    try:
        return tuple(ip_network(part.strip()) for part in given.split(",") if part.strip())
    except ValueError as error:
        raise ConfigError(
            f"CF_LAB_PROXIES={given!r}: {error}. Give addresses or networks with commas between them, such as "
            "127.0.0.1,10.0.0.0/8."
        ) from error


def visitor_address(peer: str | None, forwarded: Iterable[str], proxies: Networks) -> str:
    """The address of a visitor, an IPv6 one cut down to its connection; "" where it is not known.

    Args:
        peer: who has connected to the server; None for the server's own machine.
        forwarded: the values of the header `X-Forwarded-For`. Anybody can send one, so it counts only where a trusted
            proxy has sent it, and of it only what trusted proxies have added, from its end.
        proxies: those to trust.
    """
    chain = [part.strip() for value in forwarded for part in value.split(",")]
    address = peer or LOCAL
    while chain and _is_among(address, proxies) and _is_address(chain[-1]):
        address = chain.pop()
    return "" if peer is None and address == LOCAL else _connection(address)


def address_mark(address: str) -> str:
    """Six hex digits by which the store tells addresses apart; "" for an address that is not known.

    They are the start of its SHA-256. About 256 IPv4 addresses share each mark, so that none can be read from it,
    though a guess can be checked; two addresses share one by chance in 1 of 16.8 million cases.
    """
    return hashlib.sha256(address.encode()).hexdigest()[:6] if address else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_among(address: str, networks: Networks) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _connection(address: str) -> str:
    """The address without what its user can choose."""
    if not _is_address(address):
        return address
    parsed = ip_address(address)
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed) >> PREFIX << PREFIX, PREFIX)))
