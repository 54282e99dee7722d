"""Signed texts: what was changed by one character, cut off, or signed elsewhere is refused, and says why."""

import base64
import json
import multiprocessing
import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.classroom import signing
from cf_core.classroom.signing import MOST_BYTES, MOST_CHARACTERS, digest_of, read_signed, sign
from cf_core.errors import (
    DamagedTextError,
    EditedTextError,
    LongTextError,
    NewerTextError,
    OtherLabError,
    SignedTextError,
    StoreError,
)
from cf_core.runs.store.lab_secret import _make_secret, lab_secret

SECRET = bytes(range(32))
CONTENTS = {"title": "Löwe ☂ 0.1", "goal": 0.875, "free": ["n_factors", "learning_rate"], "most_runs": None}
TEXT = sign("task", CONTENTS, SECRET)
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.=%+/ \n\x00é"

numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), json_values, max_size=6))
def test_what_was_signed_is_read_back(contents) -> None:
    assert read_signed("result", sign("result", contents, SECRET), SECRET) == contents


def test_the_order_of_the_fields_makes_no_other_text() -> None:
    assert sign("task", dict(reversed(CONTENTS.items())), SECRET) == TEXT
    assert digest_of(TEXT) == digest_of(TEXT) != digest_of(sign("task", {**CONTENTS, "goal": 0.876}, SECRET))


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(ALPHABET))
def test_any_single_changed_character_is_refused(place, char) -> None:
    changed = TEXT[:place] + char + TEXT[place + 1 :]
    if changed != TEXT:
        with pytest.raises(SignedTextError):
            read_signed("task", changed, SECRET)


def test_every_last_character_but_the_right_one_is_refused() -> None:
    """Of the last character of base64 two bits carry nothing: a decoder alone would take four texts for one."""
    taken = []
    for char in ALPHABET:
        try:
            read_signed("task", TEXT[:-1] + char, SECRET)
            taken.append(char)
        except SignedTextError:
            pass
    assert taken == [TEXT[-1]]


@given(st.integers(0, len(TEXT) - 1))
def test_what_was_cut_off_or_grew_is_refused(length) -> None:
    for text in (TEXT[:length], TEXT[length + 1 :], TEXT + TEXT[:length] + "A"):
        with pytest.raises(SignedTextError):
            read_signed("task", text, SECRET)


def test_cut_off_says_that_it_is_not_whole() -> None:
    for text in ("", "hello", TEXT[:-1], TEXT.rpartition(".")[0]):
        with pytest.raises(DamagedTextError, match="not whole"):
            read_signed("task", text, SECRET)


def test_edited_says_that_it_was_edited() -> None:
    kind, lab, packed, signature = TEXT.split(".")
    richer = _packed(json.dumps({**CONTENTS, "goal": 9}).encode())
    for text in (f"{kind}.{lab}.{richer}.{signature}", f"{kind}.{lab}.{packed[:-1]}.{signature}"):
        with pytest.raises(EditedTextError, match="edited"):
            read_signed("task", text, SECRET)


def test_another_lab_is_named() -> None:
    with pytest.raises(OtherLabError, match="another lab"):
        read_signed("task", TEXT, bytes(32))
    ours = sign("task", {}, bytes(32)).split(".")[1]
    forged = ".".join([TEXT.split(".")[0], ours, *TEXT.split(".")[2:]])
    with pytest.raises(EditedTextError):
        read_signed("task", forged, bytes(32))


def test_a_result_is_not_a_task() -> None:
    with pytest.raises(DamagedTextError):
        read_signed("result", TEXT, SECRET)
    with pytest.raises(EditedTextError):
        read_signed("result", "r" + TEXT[1:], SECRET)


def test_a_later_version_is_named_before_its_form_is_read() -> None:
    with pytest.raises(NewerTextError, match="later version"):
        read_signed("task", "t2" + TEXT[2:], SECRET)


def test_what_is_too_long_is_neither_made_nor_read() -> None:
    noise = base64.b64encode(os.urandom(MOST_CHARACTERS)).decode()
    with pytest.raises(LongTextError, match="Shorten"):
        sign("task", {"text": noise}, SECRET)
    with pytest.raises(LongTextError, match="Shorten"):
        sign("task", {"text": "a" * (MOST_BYTES + 1)}, SECRET)
    with pytest.raises(LongTextError, match="more than any"):
        read_signed("task", TEXT + "A" * MOST_CHARACTERS, SECRET)


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"text": "a" * 4_000_000}).encode(),  # unpacks to a thousand times its size
        b'{"a": ' + b"[" * 30_000,
        b"[1, 2]",
        b"no json",
        b"\xff\xfe",
        b"",
    ],
    ids=["bomb", "deep", "list", "text", "bytes", "nothing"],
)
def test_even_signed_contents_are_unpacked_with_care(data) -> None:
    packed = _packed(data)
    assert len(packed) < MOST_CHARACTERS
    with pytest.raises(DamagedTextError):
        read_signed("task", _signed(packed), SECRET)


def test_signed_contents_that_are_not_compressed_are_refused() -> None:
    for packed in ("A", "AAAA", _packed(b"{}")[:-3], _packed(b"{}") + "AAAA"):
        with pytest.raises(DamagedTextError):
            read_signed("task", _signed(packed), SECRET)


def test_a_secret_is_made_once_and_its_owner_alone_may_read_it(tmp_path) -> None:
    secret = lab_secret(tmp_path / "runs")
    assert len(secret) == 32 and lab_secret(tmp_path / "runs") == secret != lab_secret(tmp_path / "other")
    assert (tmp_path / "runs" / "signing.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["signing.key"]


def test_processes_that_need_it_at_once_get_the_same_one(tmp_path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as processes:
        secrets = processes.map(lab_secret, [tmp_path] * 40, chunksize=1)
    assert len(set(secrets)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["signing.key"]


def test_who_comes_second_takes_the_secret_of_the_first(tmp_path) -> None:
    first = lab_secret(tmp_path)
    _make_secret(tmp_path / "signing.key", bytes(32))
    assert lab_secret(tmp_path) == first


def test_a_damaged_or_missing_place_is_told(tmp_path) -> None:
    (tmp_path / "signing.key").write_bytes(b"short")
    with pytest.raises(StoreError, match="damaged"):
        lab_secret(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="could not be read"):
        lab_secret(tmp_path / "file" / "runs")


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")


def _signed(packed: str) -> str:
    head = ".".join([*TEXT.split(".")[:2], packed])
    return f"{head}.{signing._signature(head, SECRET)}"
