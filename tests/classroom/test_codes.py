"""Codes of classes: told aloud, typed on phones, not to be guessed."""

import pytest

from cf_core.classroom import class_rows
from cf_core.classroom.classes import ADDRESS_TRIES, SESSION_TRIES, TRIES_SECONDS
from cf_core.classroom.codes import ALPHABET, LENGTH, new_code, plain_code, spoken_code
from cf_core.classroom.tries import N_REMEMBERED, Tries
from cf_core.errors import TooManyTriesError, UnknownClassError
from cf_core.runs.visitor import Visitor


def test_codes_have_no_letters_that_look_or_sound_alike():
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 190 and all(len(code) == LENGTH for code in codes)
    assert set("".join(codes)) == set(ALPHABET)  # each of 30 among 1,200: missing by chance once in 10¹⁶ times
    assert not set(ALPHABET) & set("0O1ILU") and len(ALPHABET) == len(set(ALPHABET)) == 30


@pytest.mark.parametrize("typed", ["k7m2qx", "K7M 2QX", " k7m-2qx\n", "K7M–2QX", "Ｋ７Ｍ２ＱＸ", "K7M\u200b2QX"])
def test_a_code_is_known_however_it_is_typed(typed):
    assert plain_code(typed) == "K7M2QX" and spoken_code("K7M2QX") == "K7M 2QX"


def test_a_code_that_is_taken_is_not_given_again(classes, task, class_, monkeypatch):
    codes = iter([class_.code, class_.code, "AAAAAA"])
    monkeypatch.setattr(class_rows, "new_code", lambda: next(codes))
    assert classes.open(task, "b" * 32).code == "AAAAAA"


@pytest.mark.parametrize("typed", ["", "AAAAAA", "' OR 1=1 --", "A" * 10_000, "\ud800", "O0O0O0"])
def test_a_wrong_code_leads_nowhere(classes, class_, typed):
    with pytest.raises(UnknownClassError, match="No class has this code"):
        classes.with_code(typed)


def test_a_session_that_guesses_is_stopped_and_nobody_else(classes, class_):
    guesser, neighbour = Visitor("10.0.0.1", "one"), Visitor("10.0.0.1", "two")
    for _ in range(SESSION_TRIES):
        with pytest.raises(UnknownClassError):
            classes.with_code("AAAAAA", guesser)
    with pytest.raises(TooManyTriesError, match="Wait ten minutes"):
        classes.with_code(class_.code, guesser)
    assert classes.with_code(class_.code, neighbour).class_id == class_.class_id


def test_sessions_without_end_are_stopped_by_their_address(classes, class_):
    for number in range(ADDRESS_TRIES):
        with pytest.raises(UnknownClassError):
            classes.with_code("AAAAAA", Visitor("10.0.0.1", str(number)))
    with pytest.raises(TooManyTriesError):
        classes.with_code(class_.code, Visitor("10.0.0.1", "new"))
    assert classes.with_code(class_.code, Visitor("10.0.0.2", "new")) is not None


def test_right_codes_are_no_tries(classes, class_):
    for _ in range(2 * SESSION_TRIES):
        classes.with_code(class_.code.lower(), Visitor("10.0.0.1", "one"))


def test_tries_are_forgotten_after_a_while_and_of_unknown_visitors_not_counted():
    now = 0.0
    tries = Tries(2, TRIES_SECONDS, lambda: now)
    tries.add("a")
    now = 1.0
    tries.add("a")
    assert tries.left("a") == 0
    now = TRIES_SECONDS
    assert tries.left("a") == 1
    now += 1
    assert tries.left("a") == 2
    tries.add("")
    assert tries.left("") == 2


def test_memory_for_tries_is_limited():
    tries = Tries(1, 600)
    for number in range(N_REMEMBERED + 5):
        tries.add(str(number))
    assert len(tries._events) == N_REMEMBERED and tries.left("0") == 1 and tries.left(str(N_REMEMBERED)) == 0
