"""How tests wait for other threads and processes: until a condition holds, never for a fixed time."""

import time
from pathlib import Path


def wait_until(condition, seconds=60.0, every=0.01, state=lambda: ""):
    """Wait until `condition()` is true, asked every so many seconds, and return its value. Where it does not come true,
    the failure says what `state()` does."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"the condition did not hold within {seconds:g} s {state()}".rstrip()
        time.sleep(every)
    return found


def wait_until_ended(workers, run_id):
    """Wait until the run has ended; the live run."""
    return wait_until(lambda: (run := workers.live(run_id)) and not run.unfinished and run)


def wait_for_epoch(workers, run_id, after=0):
    """Wait until the run has ended more than `after` epochs."""
    return wait_until(lambda: len(workers.live(run_id).history.epochs) > after)


def is_running(pid):
    """Whether there is such a process, and it has not ended."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
