"""What the page Homework keeps in the session and in the address."""

from enum import StrEnum


class Key(StrEnum):
    """`TASK` and `RESULT` are signed texts, in the address and in the session under the same names: links have been
    sent with them. `MADE` prefixes the keys of the teacher's form."""

    TASK = "task"
    RESULT = "result"
    NAME = "homework_name"
    MADE = "homework"
