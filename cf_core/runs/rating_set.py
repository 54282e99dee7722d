"""A person's own ratings: which movies they were asked about, and what they answered."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from cf_core.errors import ConfigError, TooManyRatingsError

NAME_LENGTH = 40
MOST_SETS, MOST_ANSWERS = 20, 500
"""In a workspace, and in a set. A change of mind is an answer, too."""

_ID_LENGTH = 200

Answer = float | Literal["skipped", "removed"]
"""About one movie: stars, or that the person does not know it, or that no earlier answer about it holds."""


@dataclass(frozen=True)
class RatingSet:
    """Ratings of one person, who need be no user of the data.

    Attributes:
        set_id: names the set in its workspace.
        name: what its owner calls it.
        fingerprint: of the data set whose movies are rated.
        answers: (raw item id, answer) in the order in which they were given. The last answer about a movie holds, so
            that without its last answer the set is as it was before.
    """

    set_id: str
    name: str
    fingerprint: str
    answers: tuple[tuple[Any, Answer], ...] = ()

    @cached_property
    def stars(self) -> dict[Any, float]:
        """The ratings that hold, stars by raw item id, the one given last at the end."""
        return {item_id: answer for item_id, answer in self._latest.items() if not isinstance(answer, str)}

    @cached_property
    def skipped(self) -> list[Any]:
        """The raw ids of the items that were skipped, and not rated since."""
        return [item_id for item_id, answer in self._latest.items() if answer == "skipped"]

    @cached_property
    def _latest(self) -> dict[Any, Answer]:
        latest: dict[Any, Answer] = {}
        for item_id, answer in self.answers:
            latest.pop(item_id, None)  # so that it moves to the end
            latest[item_id] = answer
        return latest

    def answered(self, item_id: Any, answer: Answer) -> "RatingSet":
        """The set with one more answer.

        Raises:
            ConfigError: stars that are no number, or an id that is none.
            TooManyRatingsError: the set has `MOST_ANSWERS`.
        """
        _check(item_id, answer)
        if len(self.answers) >= MOST_ANSWERS:
            raise TooManyRatingsError(
                f"'{self.name}' has {MOST_ANSWERS} answers, as many as a set may have. Undo some, or start another set."
            )
        return replace(self, answers=(*self.answers, (item_id, answer)))

    def undone(self) -> "RatingSet":
        """The set without its last answer; an empty one stays as it is."""
        return replace(self, answers=self.answers[:-1])


def _check(item_id: Any, answer: object) -> None:
    if isinstance(item_id, bool) or not isinstance(item_id, int | str) or len(str(item_id)) > _ID_LENGTH:
        raise ConfigError("This is not the id of anything in the data. Choose one from the list.")
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer)
    if answer not in ("skipped", "removed") and not is_number:
        raise ConfigError(f"{answer!r} is no rating. Choose one from the row of buttons.")
