"""What a lab allows: how many runs one visitor may have, and how long a run may keep a worker from others.

Every limit has a default here and an environment variable that replaces it.
"""

from dataclasses import dataclass

from cf_core.environment import memory_of_machine, positive_int_from_env

MB = 10**6
LEAST_MEMORY = 600 * MB
"""With less than this even a small run would be refused."""


@dataclass(frozen=True)
class Limits:
    """The limits of a lab.

    Attributes:
        cap: unfinished runs that an owner may have, or a browser session (`CF_LAB_CAP`).
        address_cap: unfinished runs that may come from one address, for a class may sit behind one
            (`CF_LAB_ADDRESS_CAP`).
        class_size: members that a class may have (`CF_LAB_CLASS_SIZE`).
        member_cap: unfinished runs that a member may have for their class (`CF_LAB_MEMBER_CAP`): all of a class share
            the workers, so that a third would only wait.
        class_cap: unfinished runs that all members of a class may have together; they count in no address's cap
            (`CF_LAB_CLASS_CAP`).
        queue_length: runs that may wait in all (`CF_LAB_QUEUE`).
        pause_seconds: how long a paused run keeps its worker while others wait (`CF_LAB_PAUSE_SECONDS`).
        share_seconds: how long a run trains before others who wait get its worker (`CF_LAB_SHARE_SECONDS`).
        trial_seconds: how long a trial of a sweep trains before single runs that wait get its worker
            (`CF_LAB_TRIAL_SECONDS`).
        sweep_cap: sweeps of an owner that may go on at once (`CF_LAB_SWEEPS`).
        address_sweep_cap: sweeps from one address that may go on at once (`CF_LAB_ADDRESS_SWEEPS`).
        budget: epochs x ratings x factors that a run may have (`CF_LAB_BUDGET`).
        memory: bytes that a run may take (`CF_LAB_MEMORY_MB`); by default half of the machine's, divided by the number
            of workers, and at least `LEAST_MEMORY`.
        quota: bytes that runs and data sets of an owner may take on the disk, deleted ones included
            (`CF_LAB_QUOTA_MB`).
        address_quota: bytes that all runs and data sets from one address may take, whichever workspaces they are in
            (`CF_LAB_ADDRESS_QUOTA_MB`).
        free: bytes of the disk that new runs and data sets leave free (`CF_LAB_FREE_MB`).
    """

    cap: int = 5
    address_cap: int = 100
    class_size: int = 200
    member_cap: int = 2
    class_cap: int = 200
    queue_length: int = 300
    pause_seconds: float = 300
    share_seconds: float = 60
    trial_seconds: float = 5
    sweep_cap: int = 2
    address_sweep_cap: int = 40
    budget: int = 100_000_000_000
    memory: int = 2**62
    quota: int = 2_000 * MB
    address_quota: int = 20_000 * MB
    free: int = 500 * MB

    @classmethod
    def from_env(cls, n_workers: int = 1) -> "Limits":
        """The limits that the environment sets, the defaults where it sets none; `n_workers` train at once.

        Raises:
            ConfigError: a variable does not hold a whole number from 1.
        """
        share = max(memory_of_machine() // 2 // max(n_workers, 1), LEAST_MEMORY)
        return cls(
            cap=positive_int_from_env("CF_LAB_CAP", cls.cap),
            address_cap=positive_int_from_env("CF_LAB_ADDRESS_CAP", cls.address_cap),
            class_size=positive_int_from_env("CF_LAB_CLASS_SIZE", cls.class_size),
            member_cap=positive_int_from_env("CF_LAB_MEMBER_CAP", cls.member_cap),
            class_cap=positive_int_from_env("CF_LAB_CLASS_CAP", cls.class_cap),
            queue_length=positive_int_from_env("CF_LAB_QUEUE", cls.queue_length),
            pause_seconds=positive_int_from_env("CF_LAB_PAUSE_SECONDS", int(cls.pause_seconds)),
            share_seconds=positive_int_from_env("CF_LAB_SHARE_SECONDS", int(cls.share_seconds)),
            trial_seconds=positive_int_from_env("CF_LAB_TRIAL_SECONDS", int(cls.trial_seconds)),
            sweep_cap=positive_int_from_env("CF_LAB_SWEEPS", cls.sweep_cap),
            address_sweep_cap=positive_int_from_env("CF_LAB_ADDRESS_SWEEPS", cls.address_sweep_cap),
            budget=positive_int_from_env("CF_LAB_BUDGET", cls.budget),
            memory=MB * positive_int_from_env("CF_LAB_MEMORY_MB", share // MB),
            quota=MB * positive_int_from_env("CF_LAB_QUOTA_MB", cls.quota // MB),
            address_quota=MB * positive_int_from_env("CF_LAB_ADDRESS_QUOTA_MB", cls.address_quota // MB),
            free=MB * positive_int_from_env("CF_LAB_FREE_MB", cls.free // MB),
        )
