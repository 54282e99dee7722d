"""How tests wait for processes: on conditions, never for a time. Nothing in here starts one."""

import time
from pathlib import Path


def eventually(condition, seconds=60.0):
    """Wait until `condition()` is true, and give what it gave."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)
    return found


def ended(workers, run_id):
    """Wait until the run has ended, and give it as it is live."""
    return eventually(lambda: (run := workers.live(run_id)) and run.state not in ("queued", "running") and run)


def trains(workers, run_id):
    """Wait until an epoch of the run is over."""
    return eventually(lambda: workers.live(run_id).history.epochs)


def is_running(pid):
    """Whether there is such a process, and it has not ended."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
