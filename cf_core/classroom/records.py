"""A class and its members, as pages hold them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from cf_core.tasks.task import Task


@dataclass(frozen=True)
class Class:
    """A class, as anybody holds it who has its code: enough to look at its board, and to ask to join.

    Attributes:
        class_id: by which runs name it, see `TaskMark`.
        code: what students join with, see `codes`.
        task: what its members work on.
        created: when it was opened.
        ends: when it is to end; None where only its teacher ends it.
        ended: when its teacher ended it; None unless they did.
    """

    class_id: str
    code: str
    task: Task
    created: datetime
    ends: datetime | None = None
    ended: datetime | None = None

    def is_open(self, now: datetime | None = None) -> bool:
        """Whether it takes members and runs, now or at another moment (aware of its time zone)."""
        return self.ended is None and (self.ends is None or (now or datetime.now(UTC)) < self.ends)


@dataclass(frozen=True)
class TaughtClass(Class):
    """A class, as its teacher holds it. What controls a class takes this type, and checks the key each time.

    Attributes:
        teacher_key: the secret part of the teacher's address.
    """

    teacher_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Member:
    """A student in a class.

    Attributes:
        member_id: by which runs name them, see `TaskMark`.
        class_id: the class.
        nickname: one line of their own text.
        joined: when they joined.
        n_runs: how many runs they have submitted for it; those that failed or were deleted count.
        owner: the token of their workspace, by which they prove to be this member; "" where others look at them.
    """

    member_id: str
    class_id: str
    nickname: str
    joined: datetime
    n_runs: int = 0
    owner: str = field(default="", repr=False)

    def runs_left(self, task: Task) -> int | None:
        """How many more runs they may submit; None for any number."""
        return None if task.most_runs is None else max(task.most_runs - self.n_runs, 0)
