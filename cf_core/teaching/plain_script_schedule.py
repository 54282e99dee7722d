"""Writes the phases of a run for a plain script: the table at its top and the function that returns the rates.

A test holds the function to `cf_core.training.schedules`.
"""

from collections.abc import Callable

from cf_core.config import Phase

_COLUMNS: dict[str, Callable[[Phase], int | float | str]] = {
    "n_epochs": lambda phase: phase.n_epochs,
    "rate": lambda phase: phase.learning_rate,
    "schedule": lambda phase: phase.schedule,
    "cycle_length": lambda phase: phase.cycle_length,
    "cycle_multiplier": lambda phase: phase.cycle_multiplier,
    "n_trained": lambda phase: phase.n_trained,
}
"""What a script may need to know of a phase, by its name in the script."""

_SHARES = {
    "constant": """\
shares = np.ones(n_epochs * n_batches)""",
    "cosine": """\
shares, length = np.empty(0), cycle_length * n_batches
while len(shares) < n_epochs * n_batches:
    shares = np.append(shares, (1 + np.cos(np.pi * np.arange(length) / length)) / 2)
    length *= cycle_multiplier
shares = shares[: n_epochs * n_batches]
shares[: -(-cycle_length * n_batches // 20)] = 1 / 100  # a slow start""",
    "one-cycle": """\
n_steps = n_epochs * n_batches
peak = max(0.3 * n_steps - 1, 1e-9)
turn = np.interp(np.arange(n_steps), [0, peak, max(n_steps - 1, 1)], [-1, 0, 1])
foot = np.where(turn < 0, 1 / 25, 1 / 250_000)  # before the peak and after it
shares = foot + (1 - foot) * (1 + np.cos(np.pi * turn)) / 2""",
}
"""Each schedule as shares of the phase's rate, one per batch."""


def is_constant(phases: tuple[Phase, ...]) -> bool:
    """Whether every phase keeps its rate, so that the script needs no function for it."""
    return _kinds(phases) == ["constant"]


def phase_table(phases: tuple[Phase, ...]) -> list[str]:
    """The lines of `PHASES`, one tuple per phase."""
    names = _columns(phases)
    rows = [", ".join(_literal(_COLUMNS[name](phase)) for name in names) for phase in phases]
    return [f"PHASES = [  # {', '.join(names)}", *(f"    ({row})," for row in rows), "]"]


def rate_function(phases: tuple[Phase, ...]) -> list[str]:
    """The lines of `learning_rates`, which takes a row of `PHASES`; empty if all rates are constant."""
    if is_constant(phases):
        return []
    names, kinds = _columns(phases), _kinds(phases)
    body = _indented(_SHARES[kinds[0]]) if len(kinds) == 1 else _choice(kinds)
    head = [f"def learning_rates({', '.join(names)}):", '    """The learning rate of every batch of a phase."""']
    trained = "[: n_trained * n_batches]" if "n_trained" in names else ""
    return ["", "", *head, *body, f"    return rate * shares{trained}"]


def _columns(phases: tuple[Phase, ...]) -> list[str]:
    """The columns that these phases need; with constant rates, only the trained epochs count."""
    kinds = _kinds(phases)
    left_out = set() if "cosine" in kinds else {"cycle_length", "cycle_multiplier"}
    left_out |= set() if len(kinds) > 1 else {"schedule"}
    if is_constant(phases):
        left_out |= {"n_epochs"}
    elif all(phase.cut_after is None for phase in phases):
        left_out |= {"n_trained"}
    return [name for name in _COLUMNS if name not in left_out]


def _kinds(phases: tuple[Phase, ...]) -> list[str]:
    return sorted({phase.schedule for phase in phases})


def _choice(kinds: list[str]) -> list[str]:
    lines: list[str] = []
    for kind in kinds:
        lines += [f'    {"elif" if lines else "if"} schedule == "{kind}":', *_indented(_SHARES[kind], 8)]
    return lines


def _indented(text: str, by: int = 4) -> list[str]:
    return [" " * by + line for line in text.splitlines()]


def _literal(value: int | float | str) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
