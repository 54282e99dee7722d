"""All jobs of a pool, and the order in which those that wait get a worker: single runs first, then trials of sweeps,
each kind in its own fair order. Trials take no turn from the single runs of their owner, nor do they count for them."""

from collections.abc import Iterable

from cf_core.runs.workers.fair_order import Party, Turns, Waiting, fair_order
from cf_core.runs.workers.jobs import Job
from cf_core.training.commands import Command, Pause, Resume, StepBatch, StepEpoch

N_ENDED_KEPT, N_ENDED_TRIALS_KEPT = 200, 20
"""How many ended runs, and how many ended trials, are kept in memory; the store has them all."""


class JobQueue:
    """The jobs by the id of their run, in the order in which they came. The pool's lock guards it."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self._turns = {False: Turns(), True: Turns()}  # of single runs, of trials
        self._last_order: tuple[tuple[object, ...], list[str]] | None = None

    def add(self, job: Job) -> None:
        """Take in a job at the end, also one that comes again; some of those that ended long ago are forgotten."""
        self.jobs.pop(job.run_id, None)
        self.jobs[job.run_id] = job
        self._turns[job.is_trial].join(job.party)
        for is_trial, n_kept in ((False, N_ENDED_KEPT), (True, N_ENDED_TRIALS_KEPT)):
            of_kind = [run_id for run_id, one in self.jobs.items() if one.is_trial == is_trial and not one.unfinished]
            for run_id in of_kind[:-n_kept]:
                del self.jobs[run_id]

    def to_the_head(self, job: Job) -> None:
        """Have a job come before all others of its owner."""
        others = {run_id: other for run_id, other in self.jobs.items() if other is not job}
        self.jobs.clear()
        self.jobs.update({job.run_id: job, **others})

    def keep(self, job: Job, command: Command) -> None:
        """Keep a command for a run without a worker until it has one, and have a run wait that was only waiting for
        it."""
        if not job.on_hold:
            job.pending.append(command)
            return
        if isinstance(command, Pause):
            return
        if not isinstance(command, Resume):  # which a run that continues from a pause gives to itself
            job.pending.append(command)
        if isinstance(command, (Resume, StepBatch, StepEpoch)):
            job.on_hold = False
            self.to_the_head(job)

    def curves(self) -> dict[str, tuple[float, ...]]:
        """See `WorkerPool.curves`."""
        training = [job for job in self.jobs.values() if job.is_trial and job.state == "running"]
        return {job.run_id: tuple(epoch.rmse for epoch in job.history.epochs) for job in training}

    def serve(self, job: Job) -> None:
        """Note that it is the turn of the job's owner."""
        self._turns[job.is_trial].serve(job.party)

    def rename(self, owner: str, new: str) -> None:
        """Hand the jobs and turns of an owner to another."""
        for job in self.jobs.values():
            job.owner = new if job.owner == owner else job.owner
        for turns in self._turns.values():
            turns.rename(owner, new)

    def order(self, also: Job | None = None) -> list[str]:
        """The ids of the waiting runs, in the order in which they will be served; with `also`, as if that run in
        training waited among them."""
        jobs = self.jobs.values()
        waiting = [job for job in jobs if job.waiting or job is also]
        training = [job for job in jobs if job.state == "running" and job is not also]
        question = (
            tuple((job.run_id, job.party) for job in waiting),
            tuple((job.party, job.is_trial) for job in training),
            tuple(turns.number for turns in self._turns.values()),
        )
        if self._last_order is None or self._last_order[0] != question:
            self._last_order = (
                question,
                [run_id for kind in (False, True) for run_id in self._fair(kind, waiting, training)],
            )
        return self._last_order[1]

    def fair_sweeps(self, sweeps: Iterable[Waiting]) -> list[str]:
        """The ids of sweeps that want a worker, in the order in which a trial of theirs is to get one."""
        unfinished = [job.party for job in self.jobs.values() if job.is_trial and job.unfinished]
        return fair_order([*sweeps], unfinished, self._turns[True])

    @property
    def n_waiting_singles(self) -> int:
        """How many single runs wait for a worker."""
        return sum(job.waiting and not job.is_trial for job in self.jobs.values())

    def _fair(self, is_trial: bool, waiting: list[Job], training: list[Job]) -> list[str]:
        of_kind = [Waiting(job.run_id, job.party) for job in waiting if job.is_trial == is_trial]
        parties: list[Party] = [job.party for job in training if job.is_trial == is_trial]
        return fair_order(of_kind, parties, self._turns[is_trial])
