"""The address that a visitor counts by: a header counts only where a known proxy has written it."""

import pytest

from cf_core.errors import ConfigError
from cf_core.runs.visitor import address_mark, trusted_proxies, visitor_address


@pytest.fixture
def proxies(monkeypatch):
    monkeypatch.setenv("CF_LAB_PROXIES", "127.0.0.1, 10.0.0.0/8")
    return trusted_proxies()


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        (None, ["198.51.100.1"], "198.51.100.1"),
        (None, [], ""),
        ("10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["1.1.1.1, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.1.2.3", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["nonsense"], "10.1.2.3"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", [], "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", [], "203.0.113.9"),
    ],
)
def test_the_address_of_a_visitor(proxies, peer, forwarded, address):
    assert visitor_address(peer, forwarded, proxies) == address


def test_without_the_setting_no_header_counts(monkeypatch):
    monkeypatch.delenv("CF_LAB_PROXIES", raising=False)
    assert trusted_proxies() == ()
    assert visitor_address("10.1.2.3", ["198.51.100.1"], ()) == "10.1.2.3"
    assert visitor_address(None, ["198.51.100.1"], ()) == ""


def test_what_is_no_address_is_named(monkeypatch):
    monkeypatch.setenv("CF_LAB_PROXIES", "the proxy")
    with pytest.raises(ConfigError, match=r"CF_LAB_PROXIES='the proxy'.*commas"):
        trusted_proxies()


def test_an_address_has_a_mark_and_an_unknown_one_has_none():
    assert address_mark("203.0.113.9") == "d861b7"
    assert address_mark("2001:db8:1:2::/64") != address_mark("203.0.113.9")
    assert address_mark("") == ""
