"""The nicknames of a class: one line each, as it looks, and no two that look alike."""

import re
import unicodedata

from cf_core.errors import NicknameError

LENGTH = 24
MOST_MARKS = 2
"""Accents that one letter may carry; with many more, text runs into the lines above and below."""

_BLANKS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
"""Letters and signs that show nothing."""

_INVISIBLE = re.compile("[\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Marks that show nothing by themselves, beside those of the category Cf, such as zero-width blanks and those that turn
the direction of writing."""


def clean_nickname(text: str) -> str:
    """The nickname in `text`, as it looks: without what shows nothing, each run of blanks as one.

    Raises:
        NicknameError: nothing of it is to be seen, it is longer than `LENGTH` characters, or it has characters that not
            every screen shows, or letters under a heap of accents.
    """
    shown = "".join(char for char in _BLANKS.sub(" ", _INVISIBLE.sub("", text)) if _shows(char))
    nickname = unicodedata.normalize("NFC", " ".join(shown.split()))
    if not nickname or not any(unicodedata.category(char)[0] in "LNPS" for char in nickname):
        raise NicknameError("A nickname needs a letter, a digit or a sign that shows. Choose one.")
    if len(nickname) > LENGTH:
        raise NicknameError(f"The nickname has {len(nickname)} characters. Shorten it to {LENGTH}.")
    if any(unicodedata.category(char) in ("Cn", "Co", "Cs") for char in nickname) or _most_marks(nickname) > MOST_MARKS:
        raise NicknameError("The nickname has characters that not every screen shows. Choose plain letters and digits.")
    return nickname


def nickname_key(nickname: str) -> str:
    """What two nicknames share where a reader could take one for the other: they differ in case, in blanks, or in the
    width or style of their letters. Letters of different alphabets that look alike are told apart."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", nickname).casefold())
    return "".join(folded.split())


def _shows(char: str) -> bool:
    """Whether it is neither a control character nor one that only changes how others are shown."""
    return char.isspace() or unicodedata.category(char) not in ("Cc", "Cf")


def _most_marks(text: str) -> int:
    """The length of the longest run of marks, such as accents, that follow one another."""
    most = run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        most = max(most, run)
    return most
