"""A value that many look at: read once while it is fresh, and by one of them when it is old."""

import threading

import pytest

from cf_core.classroom import latest
from cf_core.classroom.latest import Latest


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(latest.time, "monotonic", lambda: now[0])
    return now


def test_it_is_read_again_when_it_is_old_or_forgotten(clock):
    numbers, value = iter(range(10)), Latest(1.0)
    read = lambda: next(numbers)  # noqa: E731
    assert [value.get(read), value.get(read)] == [0, 0]
    clock[0] += 1.0
    assert [value.get(read), value.get(read)] == [1, 1]
    value.forget()
    assert [value.get(read), value.get(read)] == [2, 2]


def test_while_one_reads_the_others_take_what_was_read_last(clock):
    value, reading, go_on = Latest(1.0), threading.Event(), threading.Event()
    assert value.get(lambda: "old") == "old"
    clock[0] += 1.0

    def read_slowly() -> str:
        reading.set()
        assert go_on.wait(10)
        return "new"

    reader = threading.Thread(target=value.get, args=(read_slowly,))
    reader.start()
    assert reading.wait(10)
    assert value.get(lambda: "second reading") == "old"
    value.forget()  # what is being read may not have what has changed since
    go_on.set()
    reader.join()
    assert value.get(lambda: "newest") == "newest"


def test_an_error_passes_through_and_the_next_call_reads_again(clock):
    value = Latest(1.0)
    with pytest.raises(ZeroDivisionError):
        value.get(lambda: 1 // 0)
    assert value.get(lambda: 7) == 7
