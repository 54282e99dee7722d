"""The order of the queue: owners take turns, and nobody gets ahead of others by submitting more runs."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cf_core.runs.workers.fair_order import Waiting, fair_order

OWNERS = st.sampled_from("abcd")


@st.composite
def situations(draw):
    """Waiting runs of up to four owners, some of whom have runs in training or were served before."""
    waiting = [Waiting(f"{owner}{number}", owner) for number, owner in enumerate(draw(st.lists(OWNERS, max_size=12)))]
    served = draw(st.permutations("abcd"))[: draw(st.integers(0, 4))]
    return waiting, draw(st.lists(OWNERS, max_size=4)), {owner: turn for turn, owner in enumerate(served)}


def order(*ids, in_training="", served=None):
    """The order for runs named by their owner's letter and a number."""
    return " ".join(fair_order([Waiting(run_id, run_id[0]) for run_id in ids], in_training, served or {}))


def test_one_owner_is_served_in_the_order_in_which_they_came():
    assert order("a1", "a2", "a3") == "a1 a2 a3"


def test_owners_take_turns():
    assert order("a1", "a2", "a3", "b1", "b2", "c1") == "a1 b1 c1 a2 b2 a3"


def test_who_has_nothing_in_training_comes_first():
    assert order("a1", "b1", in_training="a") == "b1 a1"
    assert order("a1", "a2", "b1", "b2", in_training="aab") == "b1 a1 b2 a2"


def test_among_equals_who_was_served_longest_ago_comes_first():
    assert order("a1", "b1", "c1", served={"a": 5, "b": 3, "c": 4}) == "b1 c1 a1"
    assert order("a1", "b1", served={"a": 0}) == "b1 a1", "never is longest ago"


@given(situations())
def test_everybody_is_served_once_and_their_own_runs_in_order(situation):
    waiting, in_training, served = situation
    ids = fair_order(waiting, in_training, served)
    assert sorted(ids) == sorted(run_id for run_id, _ in waiting)
    for owner in "abcd":
        assert [run_id for run_id in ids if run_id[0] == owner] == [w.run_id for w in waiting if w.owner == owner]


@given(situations())
def test_nobody_gets_more_than_one_run_ahead_of_others_who_wait(situation):
    waiting, in_training, served = situation
    training, left = Counter(in_training), Counter(owner for _, owner in waiting)
    for run_id in fair_order(waiting, in_training, served):
        owner = run_id[0]
        assert training[owner] == min(training[other] for other in left if left[other])
        training[owner] += 1
        left[owner] -= 1


@given(situations(), st.integers(1, 6))
def test_more_runs_of_one_owner_put_nobody_else_back(situation, n_more):
    waiting, in_training, served = situation
    more = [*waiting, *(Waiting(f"a9{number}", "a") for number in range(n_more))]
    before, after = (
        [run_id for run_id in fair_order(runs, in_training, served) if run_id[0] != "a"] for runs in (waiting, more)
    )
    assert before == after


@given(situations())
def test_the_order_is_what_comes_of_serving_one_after_the_other(situation):
    """The place in the queue that a run shows stays right as long as no run comes and none ends."""
    waiting, in_training, served = situation
    expected = fair_order(waiting, in_training, served)
    one_by_one = []
    while waiting:
        first = fair_order(waiting, in_training, served)[0]
        one_by_one.append(first)
        waiting = [run for run in waiting if run.run_id != first]
        in_training = [*in_training, first[0]]
        served = {**served, first[0]: max(served.values(), default=-1) + 1}
    assert one_by_one == expected
