"""The controls of a run: whoever presses one sees what it did at once, however seldom the page refreshes."""

import re

from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.own_pool import pool
from pages.shared.run import controls
from tests.waiting import wait_until

OWNER = "x" * 32


def test_a_page_that_was_told_something_shows_what_came_of_it(visitor, runs_folder, monkeypatch) -> None:
    monkeypatch.setattr(controls, "TAKEN_WITHIN", 60.0)
    session = visitor()
    session.open("train")
    session.at.selectbox(key="recipe").set_value("notebook-bias").run()
    session.at.select_slider(key="notebook-bias.batch_size").set_value(16)
    session.button("start").click().run()
    run_id = RunStore(runs_folder).runs(OWNER)[0].run_id
    wait_until(lambda: pool(runs_folder).live(run_id).history.batches)
    session.at.run()

    def batch_after(key: str) -> int:
        session.button(key).click().run()
        (bar,) = session.at.get("progress")
        return int(re.search(r"paused at batch ([\d,]+)", bar.proto.text)[1].replace(",", ""))

    batch = batch_after("pause")
    assert batch_after("one_batch") == batch + 1
    assert "resume" in [button.key for button in session.at.button]
    session.button("resume").click().run()
    assert "pause" in [button.key for button in session.at.button]
    session.button("stop").click().run()
    assert "Stopped in epoch 1" in session.says("markdown")
