"""Pages share the cores with the trainings: each computes in one thread."""

from concurrent.futures import ThreadPoolExecutor

from threadpoolctl import ThreadpoolController

from pages.shared import server


def test_scikit_learn_takes_no_second_thread(visitor, monkeypatch) -> None:
    known, called = ThreadpoolController(), []
    pools = known.select(user_api="openmp")
    monkeypatch.setattr(server, "_thread_pools", lambda: known)  # an earlier test may have loaded one more since

    def counts() -> list[set[int]]:
        pools.limit(limits=2)  # of this thread alone
        before = {pool["num_threads"] for pool in pools.info()}
        server.limit_blas_threads()
        return [before, {pool["num_threads"] for pool in pools.info()}]

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(counts).result() == [{2}, {1}]
    monkeypatch.setattr(server, "limit_blas_threads", lambda: called.append(1))
    visitor()
    assert called
