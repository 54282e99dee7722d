"""What may be a nickname: what it looks like is all that it is, and no two of a class look alike."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cf_core.classroom.nicknames import LENGTH, clean_nickname, nickname_key
from cf_core.errors import NicknameError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  Ada \t Lovelace\n", "Ada Lovelace"),
        ("A\u200bd\u200da\ufeff", "Ada"),
        ("\u202eadA\u202c", "adA"),
        ("Ada\u00a0\u2003\u3000L", "Ada L"),
        ("Ada\u2800\u3164L", "Ada L"),
        ("E\u0301lodie", "Élodie"),
        ("E\u200b\u0301lodie", "Élodie"),
        ("李雷 🦊", "李雷 🦊"),
        ("<b>Ada</b>", "<b>Ada</b>"),
        ("नमस्ते", "नमस्ते"),
    ],
)
def test_what_shows_nothing_is_taken_out(text, shown):
    assert clean_nickname(text) == shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs a letter"),
        (" \u200b\u3164\u2800\t", "needs a letter"),
        ("\u0301", "needs a letter"),
        ("x" * 25, "has 25 characters. Shorten it to 24"),
        ("a\u0316\u0317\u0318\u0319", "not every screen"),
        ("\ue000", "needs a letter"),
        ("Ada\ue000", "not every screen"),
        ("Ada\ud800", "not every screen"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(text, message):
    with pytest.raises(NicknameError, match=message):
        clean_nickname(text)


@given(TEXT)
def test_what_is_accepted_is_one_short_line_of_what_shows(text):
    try:
        nickname = clean_nickname(text)
    except NicknameError:
        assume(False)
    assert 1 <= len(nickname) <= LENGTH and len(nickname.splitlines()) == 1 and nickname == " ".join(nickname.split())
    assert not {unicodedata.category(char) for char in nickname} & {"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"}
    assert clean_nickname(nickname) == nickname
    assert nickname_key(nickname)


@given(st.text(st.sampled_from("aAbB \u00a0\u2003\u200b\u3164"), min_size=1, max_size=12))
def test_case_and_blanks_make_no_other_nickname(text):
    assume(set(text) & set("aAbB"))
    letters = "".join(char for char in text if char in "aAbB").casefold()
    assert nickname_key(clean_nickname(text)) == letters


@pytest.mark.parametrize(("one", "other"), [("Ada", "ＡＤＡ"), ("Ada", "a d a"), ("straße", "STRASSE"), ("𝐀da", "Ada")])
def test_look_alikes_have_one_key(one, other):
    assert nickname_key(one) == nickname_key(other)


def test_other_letters_make_another_nickname():
    assert len({nickname_key(name) for name in ("Ada", "Áda", "Adam", "Ada 2")}) == 4
