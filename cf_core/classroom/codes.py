"""The codes that students join a class with: short, told aloud, typed on a phone."""

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0 and O, 1, I and L, which look alike, and without U, which is heard and written as V."""

LENGTH = 6


def new_code() -> str:
    """A code at random, one of 30⁶ = 729 million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def plain_code(text: str) -> str:
    """The code in what somebody typed, whatever its case, width, blanks and dashes: "k7m-2qx" and "K7M 2QX" are
    "K7M2QX". It may be none that any class has."""
    wide = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in wide if not char.isspace() and unicodedata.category(char) not in ("Pd", "Cf", "Cc"))


def spoken_code(code: str) -> str:
    """The code in two halves, as people read it out: "K7M 2QX"."""
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}"
