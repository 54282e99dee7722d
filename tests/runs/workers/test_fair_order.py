"""The order of the queue: addresses and owners take turns, and nobody gets ahead of others by submitting more runs or
opening more workspaces."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cf_core.runs.workers import fair_order as module
from cf_core.runs.workers.fair_order import Party, Turns, Waiting, fair_order

OWNERS = st.sampled_from("abcd")


def turns_of(owners):
    """The turns after these owners were served one after the other."""
    turns = Turns()
    for owner in owners:
        turns.serve(Party(owner))
    return turns


@st.composite
def situations(draw):
    """Waiting runs of up to four owners, some of whom have runs in training or were served before."""
    owners = draw(st.lists(OWNERS, max_size=12))
    waiting = [Waiting(f"{owner}{number}", Party(owner)) for number, owner in enumerate(owners)]
    turns = turns_of(draw(st.permutations("abcd"))[: draw(st.integers(0, 4))])
    return waiting, [Party(owner) for owner in draw(st.lists(OWNERS, max_size=4))], turns


def order(*ids, in_training="", served="", at=()):
    """The order for runs named by their owner's letter and a number; `at` has the owners behind each address."""
    addresses = {owner: f"address {number}" for number, owners in enumerate(at) for owner in owners}
    parties = {owner: Party(owner, addresses.get(owner, "")) for owner in "abcdefgh"}
    turns = Turns()
    for owner in served:
        turns.serve(parties[owner])
    waiting = [Waiting(run_id, parties[run_id[0]]) for run_id in ids]
    return " ".join(fair_order(waiting, [parties[owner] for owner in in_training], turns))


def test_one_owner_is_served_in_the_order_in_which_they_came():
    assert order("a1", "a2", "a3") == "a1 a2 a3"


def test_owners_take_turns():
    assert order("a1", "a2", "a3", "b1", "b2", "c1") == "a1 b1 c1 a2 b2 a3"


def test_who_has_nothing_in_training_comes_first():
    assert order("a1", "b1", in_training="a") == "b1 a1"
    assert order("a1", "a2", "b1", "b2", in_training="aab") == "b1 a1 b2 a2"


def test_among_equals_who_was_served_longest_ago_comes_first():
    assert order("a1", "b1", "c1", served="bca") == "b1 c1 a1"


def test_who_is_new_comes_after_those_who_were_there_before():
    assert order("d1", "c1", "b1", "a1", served="abc") == "a1 b1 d1 c1", "served before d came, and waiting since"
    turns = Turns()
    turns.join(Party("d"))
    turns.serve(Party("a"))
    assert fair_order([Waiting("a1", Party("a")), Waiting("d1", Party("d"))], [], turns) == ["d1", "a1"]


def test_addresses_take_turns_and_so_do_the_owners_behind_each():
    assert order("a1", "b1", "c1", "d1", at=("abc", "d")) == "a1 d1 b1 c1"
    assert order("a1", "a2", "b1", "c1", "d1", "d2", at=("abc", "d")) == "a1 d1 b1 d2 c1 a2"


def test_fresh_workspaces_of_an_address_that_was_just_served_do_not_overtake():
    ids = [f"{owner}1" for owner in "bcdefg"]
    assert order(*ids, "h1", served="hb", at=("bcdefg", "h")).split()[0] == "h1"
    assert order(*ids, "h1", in_training="b", at=("bcdefg", "h")).split()[0] == "h1"


def test_a_class_behind_one_address_is_served_as_if_there_were_no_addresses():
    runs = ("a1", "a2", "b1", "c1", "c2", "b2")
    assert order(*runs, at=("abc",), served="cab") == order(*runs, served="cab")


def test_the_turns_that_are_remembered_have_an_end(monkeypatch):
    monkeypatch.setattr(module, "N_REMEMBERED", 3)
    assert turns_of("abcde").owners == {"c": 3, "d": 4, "e": 5}


@given(situations())
def test_everybody_is_served_once_and_their_own_runs_in_order(situation):
    waiting, in_training, turns = situation
    ids = fair_order(waiting, in_training, turns)
    assert sorted(ids) == sorted(run.run_id for run in waiting)
    for owner in "abcd":
        own = [run.run_id for run in waiting if run.party.owner == owner]
        assert [run_id for run_id in ids if run_id[0] == owner] == own


@given(situations())
def test_nobody_gets_more_than_one_run_ahead_of_others_who_wait(situation):
    waiting, in_training, turns = situation
    training, left = Counter(party.owner for party in in_training), Counter(run.party.owner for run in waiting)
    for run_id in fair_order(waiting, in_training, turns):
        owner = run_id[0]
        assert training[owner] == min(training[other] for other in left if left[other])
        training[owner] += 1
        left[owner] -= 1


@given(situations(), st.integers(1, 6))
def test_more_runs_of_one_owner_put_nobody_else_back(situation, n_more):
    waiting, in_training, turns = situation
    turns.join(Party("a"))
    more = [*waiting, *(Waiting(f"a9{number}", Party("a")) for number in range(n_more))]
    before, after = (
        [run_id for run_id in fair_order(runs, in_training, turns) if run_id[0] != "a"] for runs in (waiting, more)
    )
    assert before == after


@given(situations(), st.integers(1, 6))
def test_more_workspaces_behind_one_address_put_no_other_address_back(situation, n_more):
    _, _, turns = situation
    others = [Waiting(f"{owner}1", Party(owner, f"of {owner}")) for owner in "abcd"]
    fresh = [Waiting(f"new{number}", Party(f"new{number}", "of a")) for number in range(n_more)]
    before, after = (
        [run_id for run_id in fair_order(runs, [], turns) if run_id[0] in "bcd"] for runs in (others, [*others, *fresh])
    )
    assert before == after
    assert fair_order([*others, *fresh], [], turns)[:4] == fair_order(others, [], turns)


@given(situations())
def test_the_order_is_what_comes_of_serving_one_after_the_other(situation):
    """The place in the queue that a run shows stays right as long as no run comes and none ends."""
    waiting, in_training, turns = situation
    expected = fair_order(waiting, in_training, turns)
    for run in waiting:
        turns.join(run.party)
    one_by_one = []
    while waiting:
        first = fair_order(waiting, in_training, turns)[0]
        one_by_one.append(first)
        waiting = [run for run in waiting if run.run_id != first]
        in_training = [*in_training, Party(first[0])]
        turns.serve(Party(first[0]))
    assert one_by_one == expected


def test_an_owner_with_a_new_name_keeps_their_last_turn():
    turns = turns_of("ac")
    turns.join(Party("b"))  # later than the turn of a
    waiting = [Waiting("b0", Party("b")), Waiting("z0", Party("z"))]
    assert fair_order(waiting, [], turns) == ["b0", "z0"]
    turns.rename("a", "z")
    assert fair_order(waiting, [], turns) == ["z0", "b0"]
