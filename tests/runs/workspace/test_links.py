"""Links to runs: who has one sees the run, steers nothing, and learns no token."""

import subprocess
import sys

import pytest

from cf_core.environment import PROJECT
from cf_core.errors import UnknownRunError
from cf_core.runs.run_views import SharedRun, shared_run
from cf_core.runs.workspace import Workspace, is_token


def test_the_holder_of_a_link_sees_the_run(workers, anna, finished):
    anna.rename(finished, "see this")
    token = anna.share(finished)
    assert is_token(token) and anna.share(finished) == token
    shared = shared_run(workers, token)
    assert (shared.run.run_id, shared.run.name, shared.run.outcome) == (finished, "see this", "finished")
    assert shared.history() == anna.history(finished) and shared.factors().recipe == "tiny" and shared.live() is None


def test_the_holder_of_a_link_sees_a_run_under_way(workers, anna, waiting):
    live = shared_run(workers, anna.share(waiting)).live()
    assert (live.state, live.place, live.owner) == ("queued", 1, "")


def test_a_link_gives_no_control_and_no_token(workers, anna, finished, waiting):
    public = {name for name in dir(SharedRun) if not name.startswith("_")}
    files = {"factors", "weights", "snapshots", "snapshot_epochs"}
    assert public == {"check_link", "run", "history", "history_now", "live", "data_set"} | files
    shared = shared_run(workers, anna.share(finished))
    assert (shared.run.owner, shared.run.share_token) == ("", None)
    for said in (repr(shared.run), repr(shared.history()), repr(shared_run(workers, anna.share(waiting)).live())):
        assert anna._token not in said
    with pytest.raises(UnknownRunError):
        Workspace(workers, anna.share(finished)).get(finished)


def test_a_link_that_is_withdrawn_leads_nowhere_at_once(workers, anna, finished):
    token = anna.share(finished)
    shared = shared_run(workers, token)
    anna.unshare(finished)
    looks = lambda: shared.run, shared.history, shared.factors, shared.live, shared.data_set, shared.check_link
    for look in (*looks, lambda: shared_run(workers, token)):
        with pytest.raises(UnknownRunError, match="leads to no run"):
            look()
    assert anna.share(finished) != token


def test_a_link_is_checked_where_python_leaves_out_assertions(tmp_path):
    code = f"""
from cf_core.errors import UnknownRunError
from cf_core.runs.run_views import shared_run
from cf_core.runs.workers.pool import WorkerPool
assert False, "assertions are left out"
try:
    shared_run(WorkerPool({str(tmp_path)!r}, n_workers=0), "x" * 32)
except UnknownRunError:
    print("refused")
"""
    printed = subprocess.run(
        [sys.executable, "-O", "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300
    )
    assert printed.stdout == "refused\n"


def test_a_link_to_a_deleted_run_leads_nowhere(workers, anna, finished):
    token = anna.share(finished)
    anna.delete(finished)
    with pytest.raises(UnknownRunError):
        shared_run(workers, token)
