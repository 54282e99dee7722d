"""The verdict in a sentence, why it is so, and what can be done."""

import streamlit as st

from cf_core.data.split import SplitConfig
from cf_core.evaluation.verdict import Judged, Tone, verdict
from cf_core.training.recipes import RECIPES
from cf_core.words import Words
from pages.parts.ranking.contest import MOST_RUNS, Contest, Entrant
from pages.shared import session
from pages.shared.messages import attempt, escape_markdown, for_visitors
from pages.shared.metrics import counted
from pages.shared.need_run import offer_training

REMEDY = "rank"
"""The recipe that learns to rank, where the lab has one."""

LOOK: dict[Tone, str] = {
    "good": ":green[:material/check_circle:]",
    "fair": ":orange[:material/info:]",
    "bad": ":red[:material/trending_down:]",
}

WHY = """
**Two questions.** RMSE asks: *how many {unit}* will they give to what they chose to rate? Ranking asks: *which* of
all {items}, most of them never rated, will they pick and like?

**{Unit} alone do not answer the second.** A model trained on {unit} has never seen {an_item} that somebody did not
pick. It puts on top what those who picked it loved, however few they were: look at the ratings of what it shows.
Popularity knows what people pick, the same for all. EASE knows it for each user, from who rated what, without a single
{one_unit}.

**What can be done:** train on who rated what, too.

**The judge has a bias of its own.** Only {items} that the user rated can be hits, and popular {items} get rated:
this flatters popularity.
"""


def show_verdict(contest: Contest, split: SplitConfig, k: int, words: Words) -> None:
    """The sentence, why behind a button, and the offer to train what would change it."""
    runs = [_judged(entrant) for entrant in contest.entrants.values() if entrant.is_run]
    baselines = {name: _judged(entrant) for name, entrant in contest.entrants.items() if not entrant.is_run}
    said = verdict(runs, baselines, k, words)
    untrained = not runs and not contest.pending
    offers = untrained or (bool(runs) and REMEDY in RECIPES and not _some_learnt_to_rank(contest))
    sentence, more = st.columns([5, 3] if offers else [7, 1], gap="small", vertical_alignment="center")
    sentence.markdown(f"{LOOK[said.tone]} {said.text}")
    with more, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover("Why?", icon=":material/help:", type="tertiary"):
            st.markdown(_why(words))
        if untrained:
            offer_training("notebook-learner")
        elif offers:
            _offer_remedy(split)


def _why(words: Words) -> str:
    unit, one_unit = words.unit, words.one_unit
    return WHY.format(unit=unit, Unit=unit.capitalize(), one_unit=one_unit, items=words.items, an_item=words.an_item)


def _offer_remedy(split: SplitConfig) -> None:
    st.button(
        "Train to rank",
        key="train_to_rank",
        icon=":material/model_training:",
        help=f"Trains the recipe {REMEDY}, which learns from who rated what; the page comes back with it.",
        on_click=attempt,
        args=(session.start_run, RECIPES[REMEDY].config, None, split),
    )


def show_left_out(contest: Contest) -> None:
    """In one line each, what takes no part and why."""
    if contest.n_others:
        others = counted(contest.n_others, "other run")
        st.caption(
            f"{others} of yours: on another split, not ended, or not well. At most {MOST_RUNS} take part, the newest."
        )
    for title, reason in contest.left_out.items():
        st.caption(f"**{escape_markdown(title)}** takes no part. {for_visitors(reason)}")


def _judged(entrant: Entrant) -> Judged:
    return Judged(f"**{escape_markdown(entrant.title)}**", entrant.summary.rmse, entrant.ranking)


def _some_learnt_to_rank(contest: Contest) -> bool:
    """Whether a run of the recipe that learns to rank takes part."""
    return any(run.run_id in contest.entrants and run.spec.config.recipe == REMEDY for run in session.runs_here())
