"""Workspaces: owners have full control of their runs, others see nothing."""

import pytest

from cf_core.config import Phase
from cf_core.errors import ConfigError, QueueFullError, StoreError, UnknownRunError
from cf_core.runs.execute import execute
from cf_core.runs.limits import Limits
from cf_core.runs.run_views import shared_run
from cf_core.runs.visitor import Visitor
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import NAME_LENGTH, NOTE_LENGTH, Workspace, is_token, new_token, workspace_name
from cf_core.training.commands import SetLearningRate, Stop
from cf_core.training.events import FitEnded


def test_tokens_are_long_and_never_the_same():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100 and all(is_token(token) and len(token) == 32 for token in tokens)


@pytest.mark.parametrize("text", ["", "anna", "x" * 31, "x" * 33, "x" * 31 + "/", "x" * 32 + "\n"])
def test_what_is_no_token_opens_no_workspace(workers, text):
    assert not is_token(text)
    with pytest.raises(ConfigError, match="token"):
        Workspace(workers, text)


def test_owners_see_their_own_runs_alone(anna, ben, finished, waiting, make_spec):
    other = ben.submit(make_spec())
    assert {run.run_id for run in anna.runs()} == {finished, waiting}
    assert [run.run_id for run in ben.runs()] == [other]
    assert anna.get(finished).outcome == "finished" and anna.live(finished) is None
    assert anna.live(waiting).place == 1
    assert len(anna.history(finished).epochs) == 2 and anna.factors(finished).recipe == "tiny"


METHODS = {
    "get": (),
    "send": (Stop(),),
    "resume": (),
    "continue_run": (Phase(1, 0.1),),
    "live": (),
    "history": (),
    "factors": (),
    "weights": (),
    "snapshots": (),
    "snapshot_epochs": (),
    "rename": ("mine",),
    "annotate": ("mine",),
    "name_axis": ("factors:1", "mine"),
    "delete": (),
    "restore": (),
    "share": (),
    "unshare": (),
}
"""Everything that a workspace does with a run, and what it takes besides the run."""


def test_the_list_of_methods_is_whole():
    without_run = {
        "runs",
        "deleted",
        "unreadable",
        "submit",
        "start_rate_search",
        "rate_search",
        "change_token",
        "add_ended",
    }
    sets = {"rating_sets", "data_sets", "sweeps"}
    assert set(METHODS) | without_run | sets == {name for name in vars(Workspace) if not name.startswith("_")}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("which", ["finished", "waiting", "deleted"])
def test_a_workspace_cannot_touch_the_runs_of_another(workers, anna, ben, finished, waiting, method, which):
    anna.share(finished)
    if which == "deleted":
        anna.delete(finished)
    run_id = waiting if which == "waiting" else finished
    before, live = workers.store.get(run_id), workers.live(run_id)
    with pytest.raises(UnknownRunError) as foreign:
        getattr(ben, method)(run_id, *METHODS[method])
    with pytest.raises(UnknownRunError) as unknown:
        getattr(ben, method)("tiny-000000", *METHODS[method])
    assert str(foreign.value) == str(unknown.value).replace("tiny-000000", run_id), "there is such a run"
    assert (workers.store.get(run_id), workers.live(run_id)) == (before, live)


def test_no_error_gives_away_a_run_or_a_token(workers, anna, ben, finished):
    for ask in (ben.get, workers.store.get, lambda token: shared_run(workers, token)):
        with pytest.raises(UnknownRunError) as error:
            ask("nobody")
        assert finished not in str(error.value) and anna._token not in str(error.value)


def test_names_and_notes_are_kept_within_bounds(anna, finished):
    anna.rename(finished, "  half\n the   rate ")
    anna.annotate(finished, " why?\n\nbecause ")
    assert (anna.get(finished).name, anna.get(finished).note) == ("half the rate", "why?\n\nbecause")
    with pytest.raises(ConfigError, match=f"81 characters.*{NAME_LENGTH}"):
        anna.rename(finished, "x" * (NAME_LENGTH + 1))
    with pytest.raises(ConfigError, match="2,001 characters"):
        anna.annotate(finished, "x" * (NOTE_LENGTH + 1))
    assert anna.get(finished).name == "half the rate"
    anna.rename(finished, "")
    assert anna.get(finished).name == ""


def test_axes_keep_the_names_they_are_given(anna, finished):
    assert anna.get(finished).axis_names == {}
    anna.name_axis(finished, "factors:1", "  light – \n dark'\" ")
    anna.name_axis(finished, "movies:12", "old")
    anna.name_axis(finished, "movies:12", "new")
    assert anna.get(finished).axis_names == {"factors:1": "light – dark'\"", "movies:12": "new"}
    anna.name_axis(finished, "factors:1", " ")
    assert anna.get(finished).axis_names == {"movies:12": "new"}


@pytest.mark.parametrize("axis", ["factors:0", "users:1", "factors", 'factors:1"', "$.x", ""])
def test_only_components_have_names(anna, finished, axis):
    with pytest.raises(ConfigError, match="no axis"):
        anna.name_axis(finished, axis, "mine")


def test_a_name_of_an_axis_that_is_too_long(anna, finished):
    with pytest.raises(ConfigError, match="61 characters"):
        anna.name_axis(finished, "factors:1", "x" * 61)


def test_a_deleted_run_can_be_had_back(anna, ben, finished):
    anna.delete(finished)
    assert anna.runs() == [] and [run.run_id for run in anna.deleted()] == [finished] and ben.deleted() == []
    anna.restore(finished)
    assert [run.run_id for run in anna.runs()] == [finished] and anna.deleted() == []


def test_a_run_that_waits_cannot_be_deleted_but_stopped(anna, waiting):
    with pytest.raises(StoreError, match="Stop it"):
        anna.delete(waiting)
    anna.send(waiting, Stop())
    assert (anna.live(waiting).state, anna.get(waiting).outcome) == ("stopped", "stopped")
    anna.delete(waiting)


def test_a_stopped_run_can_be_resumed_and_shows_its_curve_while_it_waits(anna, stopped):
    anna.resume(stopped)
    live = anna.live(stopped)
    assert (live.state, live.place, len(live.history.epochs), live.history.ended) == ("queued", 1, 2, None)
    with pytest.raises(StoreError, match="queued already"):
        anna.resume(stopped)
    anna.send(stopped, Stop())
    assert anna.get(stopped).has_factors and len(anna.history(stopped).epochs) == 2


def test_a_finished_run_goes_on_with_another_phase(workers, anna, finished, make_spec):
    assert anna.get(finished).continuable
    anna.continue_run(finished, Phase(3, 0.002))
    events = list(execute(workers.store, finished))
    assert [epoch.phase for epoch in anna.history(finished).epochs] == [1, 1, 2, 2, 2]
    assert anna.history(finished).epochs[-1].learning_rate == pytest.approx(0.002)
    assert anna.history(finished).events() == events and anna.get(finished).outcome == "finished"


def test_what_cannot_go_on_says_why(workers, anna, finished, waiting, make_spec):
    with pytest.raises(StoreError, match="further phase"):
        anna.resume(finished)
    with pytest.raises(StoreError, match="queued already"):
        anna.continue_run(waiting, Phase(1, 0.1))
    anna.send(waiting, Stop())
    with pytest.raises(StoreError, match="kept no weights"):
        anna.continue_run(waiting, Phase(1, 0.1))
    with pytest.raises(ConfigError, match="n_epochs"):
        anna.continue_run(finished, Phase(999, 0.1))
    diverged = workers.store.create(make_spec(), anna._token).run_id
    workers.store.finish(diverged, FitEnded("diverged", 0, 0.1, "Try less."), None)
    for go_on in (anna.resume, lambda run_id: anna.continue_run(run_id, Phase(1, 0.1))):
        with pytest.raises(StoreError, match=r"diverged.*Try less\."):
            go_on(diverged)


def test_an_owner_may_have_so_many_unfinished_runs(workers, anna, ben, finished, make_spec):
    ids = [anna.submit(make_spec()) for _ in range(workers.limits.cap)]
    for ask in (lambda: anna.submit(make_spec()), lambda: anna.continue_run(finished, Phase(1, 0.1))):
        with pytest.raises(QueueFullError, match=r"5 runs.*Stop one"):
            ask()
    assert anna.get(finished).outcome == "finished" and len(anna.runs()) == 6
    assert ben.submit(make_spec())
    anna.send(ids[0], Stop())
    assert anna.submit(make_spec())


def test_a_browser_takes_its_unfinished_runs_along_to_an_empty_workspace(workers, make_spec):
    browser = Visitor("203.0.113.9", "browser")
    for _ in range(2):
        Workspace(workers, new_token(), browser).submit(make_spec())
    left, fresh = (Workspace(workers, new_token(), browser) for _ in range(2))
    ids = [left.submit(make_spec()) for _ in range(workers.limits.cap - 2)]
    with pytest.raises(QueueFullError, match=r"5 runs.*5 of them are in a workspace that this browser has left"):
        fresh.submit(make_spec())
    assert Workspace(workers, new_token(), Visitor("203.0.113.9", "another")).submit(make_spec())
    left.send(ids[0], Stop())
    assert fresh.submit(make_spec())


def test_an_address_and_the_queue_have_room_for_so_many(workers, make_spec):
    workers.limits = Limits(cap=2, address_cap=3, queue_length=4)

    def new(address):
        return Workspace(workers, new_token(), Visitor(address, new_token()))

    here = [(workspace := new("203.0.113.9"), workspace.submit(make_spec())) for _ in range(3)]
    with pytest.raises(QueueFullError, match="3 runs from your network"):
        new("203.0.113.9").submit(make_spec())
    assert new("198.51.100.1").submit(make_spec())
    with pytest.raises(QueueFullError, match="queue is full: 4 runs wait"):
        new("192.0.2.1").submit(make_spec())
    workspace, run_id = here[0]
    workspace.send(run_id, Stop())
    assert new("203.0.113.9").submit(make_spec())


def test_fresh_workspaces_do_not_overtake_who_waits_at_another_address(workers, make_spec):
    for _ in range(20):
        Workspace(workers, new_token(), Visitor("203.0.113.9", new_token())).submit(make_spec())
    student = Workspace(workers, new_token(), Visitor("198.51.100.1", "student"))
    assert student.live(student.submit(make_spec())).place == 2


def test_the_cap_is_a_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("CF_LAB_CAP", "2")
    assert WorkerPool(tmp_path, n_workers=1).limits.cap == 2
    monkeypatch.setenv("CF_LAB_CAP", "none")
    with pytest.raises(ConfigError, match="CF_LAB_CAP"):
        WorkerPool(tmp_path, n_workers=1)


def test_places_are_fair(anna, ben, make_spec):
    of_anna = [anna.submit(make_spec()) for _ in range(3)]
    of_ben = [ben.submit(make_spec()) for _ in range(2)]
    assert [anna.live(run_id).place for run_id in of_anna] == [1, 3, 5]
    assert [ben.live(run_id).place for run_id in of_ben] == [2, 4]


def test_commands_to_a_run_that_waits_wait_with_it(workers, anna, waiting):
    anna.send(waiting, SetLearningRate(0.002))
    assert (anna.live(waiting).state, anna.live(waiting).place) == ("queued", 1)
    assert anna.get(waiting).outcome == "queued" and anna.history(waiting).commands == []


def test_a_rate_search_is_not_among_the_runs_and_only_the_latest_is_kept(workers, anna, ben, make_spec):
    first = anna.start_rate_search(make_spec())
    for _ in execute(workers.store, first):
        pass
    assert anna.runs() == anna.deleted() == []
    assert anna.rate_search().run_id == first
    assert ben.rate_search() is None
    second = anna.start_rate_search(make_spec())
    assert anna.rate_search().run_id == second
    with pytest.raises(UnknownRunError):
        workers.store.get(first)
    assert not (workers.store.folder / first).exists()


def test_a_rate_search_that_is_under_way_is_not_forgotten(workers, anna, make_spec):
    waiting, _ = anna.start_rate_search(make_spec()), anna.start_rate_search(make_spec())
    assert workers.store.get(waiting).outcome == "queued"


def test_rate_searches_count_for_the_cap(workers, anna, make_spec):
    for _ in range(workers.limits.cap):
        anna.start_rate_search(make_spec())
    with pytest.raises(QueueFullError):
        anna.submit(make_spec())


def test_a_new_token_takes_all_runs_along_and_the_old_one_opens_nothing(workers, anna, finished, make_spec):
    old, new, deleted = anna._token, new_token(), anna.submit(make_spec())
    anna.send(deleted, Stop())
    anna.delete(deleted)
    waiting, search = anna.submit(make_spec()), anna.start_rate_search(make_spec())
    link = anna.share(finished)
    mine = anna.rating_sets.create("Me", "f00d")
    anna.change_token(new)
    for owner in (anna, Workspace(workers, new)):
        assert {run.run_id for run in owner.runs()} == {finished, waiting}
        assert [run.run_id for run in owner.deleted()] == [deleted] and owner.rate_search().run_id == search
        assert owner.live(waiting).place == 1
    anna.send(waiting, Stop())
    assert anna.get(waiting).outcome == "stopped"
    assert anna.rating_sets.all("f00d") == [mine]
    thief = Workspace(workers, old)
    assert thief.rating_sets.all("f00d") == []
    assert thief.runs() == thief.deleted() == [] and thief.rate_search() is None
    for run_id in (finished, waiting):
        with pytest.raises(UnknownRunError):
            thief.live(run_id)
    with pytest.raises(UnknownRunError):
        shared_run(workers, link)


def test_a_new_token_keeps_the_place_in_the_queue(workers, anna, ben, make_spec):
    mine, theirs = anna.submit(make_spec()), ben.submit(make_spec())
    anna.change_token(new_token())
    assert (anna.live(mine).place, ben.live(theirs).place) == (1, 2)


def test_what_is_no_token_does_not_replace_one(anna, finished):
    with pytest.raises(ConfigError, match="token"):
        anna.change_token("short")
    assert [run.run_id for run in anna.runs()] == [finished]


def test_the_name_of_a_workspace_is_short_its_own_and_not_its_token():
    token = new_token()
    assert workspace_name(token) == workspace_name(token) != workspace_name(new_token())
    assert len(workspace_name(token)) == 6 and workspace_name(token) not in token


def test_what_is_printed_of_a_run_has_no_token(workers, anna, finished, waiting):
    link = anna.share(finished)
    said = repr([anna.get(finished), anna.live(waiting), *workers._jobs.values()])
    assert finished in said and waiting in said
    assert anna._token not in said and link not in said
