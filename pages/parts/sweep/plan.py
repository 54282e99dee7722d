"""What would be searched if the button were pressed: the form in the sidebar, and what it comes to, in words."""

from typing import NamedTuple, get_args

import streamlit as st

from cf_core.data.split import SplitConfig
from cf_core.errors import ConfigError
from cf_core.runs.spec import RunSpec
from cf_core.runs.sweep_time import seconds_of_sweep
from cf_core.settings import format_value
from cf_core.sweeps.grid import grid_of, n_planned
from cf_core.sweeps.space import Domain, Interval, SearchSpace
from cf_core.sweeps.spec import Method, SweepSpec
from cf_core.training.recipes import Recipe
from pages.parts.sweep.keys import Key
from pages.parts.sweep.space import choose_space
from pages.shared import session
from pages.shared.choice import choice
from pages.shared.duration import duration
from pages.shared.run.settings_form import LABELS

NAMES: dict[Method, str] = {"tpe": "TPE", "random": "Random", "grid": "Grid"}
WAYS: dict[Method, str] = {"tpe": "by TPE", "random": "at random", "grid": "on a grid"}
N_TRIALS = [4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500]
MINUTES = [0, 1, 2, 5, 10, 20, 30, 60, 120, 240]
"""0 is no limit."""

METHODS = (
    "- **TPE** looks most where trials went well, after ten that it draws evenly.\n"
    "- **Random** draws each trial evenly from the ranges; hard to beat when few settings matter.\n"
    "- **Grid** takes evenly spaced values in all combinations: easy to read, and dear with more than two settings."
)


class Plan(NamedTuple):
    """What is to be searched; where the form makes no sweep, `refusal` says why, and the others are None."""

    base: RunSpec | None = None
    spec: SweepSpec | None = None
    refusal: str = ""


def choose_plan(recipe: Recipe, split: SplitConfig) -> Plan:
    """The form: search space, method, budget."""
    config, varied = choose_space(recipe)
    method: Method = choice(
        "Method", get_args(Method), key=Key.METHOD, format_func=NAMES.__getitem__, help=METHODS, in_address=True
    )
    n_trials = st.select_slider(
        "Trials at most", N_TRIALS, 20, key=Key.TRIALS, bind="query-params", persist_state="session"
    )
    minutes = st.select_slider(
        "Minutes of training at most",
        MINUTES,
        0,
        format_func=lambda minutes: str(minutes) if minutes else "no limit",
        key=Key.MINUTES,
        help="Of all trials together; none begins after it.",
        bind="query-params",
        persist_state="session",
    )
    try:
        spec = SweepSpec(SearchSpace(varied), method, int(n_trials), minutes or None)
        spec.space.check_for(config)
    except ConfigError as error:
        return Plan(refusal=str(error))
    return Plan(RunSpec(session.data_folder(), split, config), spec)


def plan_line(plan: Plan) -> str:
    """The plan in a line: how many trials, of what, and how long that takes."""
    assert plan.base is not None and plan.spec is not None
    spec, varied = plan.spec, plan.spec.space.varied
    settings = ", ".join(LABELS[name].lower() for name in varied)
    if spec.method == "grid":
        points = grid_of(spec)
        sides = " × ".join(str(len({point[name] for point in points})) for name in varied)
        what = f"a grid of {sides} = {len(points)} trials" if len(varied) > 1 else f"a grid of {len(points)} trials"
    else:
        what = f"{n_planned(spec)} trials {WAYS[spec.method]}"
    return f"{what} over {settings} · {_how_long(plan.base, spec)}"


def domains_in_words(spec: SweepSpec) -> str:
    """What a sweep searches, in a line: "By TPE: factors 2 to 15, optimiser sgd or adam"."""
    told = [f"{LABELS[name].lower()} {_domain_in_words(domain)}" for name, domain in spec.space.varied.items()]
    way = WAYS[spec.method]
    return f"{way[0].upper()}{way[1:]}: {', '.join(told)}"


def _domain_in_words(domain: Domain) -> str:
    if isinstance(domain, Interval):
        return f"{format_value(domain.low)} to {format_value(domain.high)}"
    return " or ".join(map(format_value, domain.values))


def _how_long(base: RunSpec, spec: SweepSpec) -> str:
    seconds = seconds_of_sweep(base, spec, session.runs_here())
    if seconds is None:
        return "train the recipe once to know how long" if spec.minutes is None else f"{spec.minutes:g} min at most"
    return f"about {duration(seconds)} of training"
