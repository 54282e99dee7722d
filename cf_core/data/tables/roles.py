"""Guesses which column of a table holds what: by its name, else by what is in it, and says why."""

from dataclasses import dataclass, field

import pandas as pd

from cf_core.data.tables.column_names import role_of
from cf_core.data.tables.options import Roles
from cf_core.data.tables.times import looks_like_times

_NUMBER = r"\s*[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)\s*"
_SAYS = {"user": "users", "item": "items", "rating": "ratings", "time": "times", "title": "titles", "genres": "genres"}
_FEW_VALUES, _LARGEST_USUAL = 21, 100


@dataclass
class Guess:
    """Which column has which role, as far as it is told; `guessed` are the roles told from contents."""

    columns: dict[str, str] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    why: list[str] = field(default_factory=list)

    @property
    def roles(self) -> Roles | None:
        """The roles; None where users, items or ratings are missing."""
        if not {"user", "item", "rating"} <= self.columns.keys():
            return None
        return Roles(**self.columns)


def guess_roles(sample: pd.DataFrame) -> Guess:
    """The roles of the columns of a table, from some hundred of its rows."""
    guess = Guess()
    _by_name(guess, list(sample.columns))
    if "item" not in guess.columns and "title" in guess.columns:
        guess.columns["item"] = guess.columns["title"]
        guess.why.append(f"{guess.columns['title']} tells the items apart: there is no column of their ids.")
    _by_contents(guess, sample)
    missing = [_SAYS[role] for role in ("user", "item", "rating") if role not in guess.columns]
    if missing:
        guess.why.append(f"No column tells the {' or the '.join(missing)}: name them.")
    return guess


def _by_name(guess: Guess, names: list[str]) -> None:
    told = [(role_of(name), name) for name in names]
    for role, says in _SAYS.items():
        candidates = [(found[1], name) for found, name in told if found is not None and found[0] == role]
        if candidates:
            name = min(candidates, key=lambda candidate: candidate[0])[1]
            guess.columns[role] = name
            guess.why.append(f"{name} has the {says}, as its name says.")


def _by_contents(guess: Guess, sample: pd.DataFrame) -> None:
    names = [name for name in sample.columns if name not in guess.columns.values()]
    times = [name for name in names if looks_like_times(sample[name])]
    if "time" not in guess.columns and times:
        _take(guess, "time", times[-1], "its values read as times")
        names.remove(times[-1])
    numbers = [name for name in names if sample[name].str.fullmatch(_NUMBER).mean() > 0.5]
    if "rating" not in guess.columns and numbers:
        likeness = {name: (_rating_likeness(pd.Series(sample[name])), names.index(name)) for name in numbers}
        best = max(numbers, key=likeness.__getitem__)
        n_values = sample[best].nunique()
        _take(guess, "rating", best, f"numbers with {n_values} different value{'s' if n_values > 1 else ''}")
        names.remove(best)
    _users_and_items(guess, sample[names])


def _users_and_items(guess: Guess, free: pd.DataFrame) -> None:
    missing = [role for role in ("user", "item") if role not in guess.columns]
    if len(missing) == 2 and free.shape[1] >= 2:
        first, second = list(free.columns[:2])
        if _share_of_runs(free[second]) > _share_of_runs(free[first]):
            _take(guess, "user", second, "its equal values stand together more often, as one user's ratings do")
            _take(guess, "item", first, "the other column of ids")
        else:
            _take(guess, "user", first, "it comes first")
            _take(guess, "item", second, "it comes second")
    elif len(missing) == 1 and free.shape[1]:
        _take(guess, missing[0], str(free.columns[0]), "it is the first column that is left")


def _take(guess: Guess, role: str, name: str, reason: str) -> None:
    guess.columns[role] = name
    guess.guessed.add(role)
    guess.why.append(f"{name} seems to have the {_SAYS[role]}: {reason} (a guess).")


def _rating_likeness(text: pd.Series) -> tuple[bool, bool, bool]:
    """Broken numbers, few values, and small ones are what ratings look like."""
    number = pd.to_numeric(text.str.replace(",", "."), errors="coerce").dropna()
    varies, broken = number.nunique() > 1, bool((number % 1 != 0).any())
    return (
        varies,
        broken and number.nunique() <= 5 * _FEW_VALUES,
        bool(number.nunique() <= _FEW_VALUES and (number.abs() <= _LARGEST_USUAL).all()),
    )


def _share_of_runs(text: pd.Series) -> float:
    """The share of rows that repeat the row above."""
    return float((text == text.shift()).mean())
