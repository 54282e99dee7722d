"""What a lab allows: how many runs one visitor may have, and how long a run may keep a worker from others.

Every limit has a default here and an environment variable that replaces it.
"""

from dataclasses import dataclass

from cf_core.environment import positive_int_from_env


@dataclass(frozen=True)
class Limits:
    """The limits of a lab.

    Attributes:
        cap: unfinished runs that an owner may have, or a browser session (`CF_LAB_CAP`).
        address_cap: unfinished runs that may come from one address, for a class may sit behind one
            (`CF_LAB_ADDRESS_CAP`).
        queue_length: runs that may wait in all (`CF_LAB_QUEUE`).
        pause_seconds: how long a paused run keeps its worker while others wait (`CF_LAB_PAUSE_SECONDS`).
        share_seconds: how long a run trains before others who wait get its worker (`CF_LAB_SHARE_SECONDS`).
    """

    cap: int = 5
    address_cap: int = 100
    queue_length: int = 300
    pause_seconds: float = 300
    share_seconds: float = 60

    @classmethod
    def from_env(cls) -> "Limits":
        """The limits that the environment sets, the defaults where it sets none.

        Raises:
            ConfigError: a variable does not hold a whole number from 1.
        """
        return cls(
            cap=positive_int_from_env("CF_LAB_CAP", cls.cap),
            address_cap=positive_int_from_env("CF_LAB_ADDRESS_CAP", cls.address_cap),
            queue_length=positive_int_from_env("CF_LAB_QUEUE", cls.queue_length),
            pause_seconds=positive_int_from_env("CF_LAB_PAUSE_SECONDS", int(cls.pause_seconds)),
            share_seconds=positive_int_from_env("CF_LAB_SHARE_SECONDS", int(cls.share_seconds)),
        )
