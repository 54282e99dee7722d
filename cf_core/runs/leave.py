"""How a process that trains is told to go: the run is to be checkpointed at the next batch and reads as interrupted.

Nothing in here imports torch.
"""

from dataclasses import dataclass

from cf_core.training.commands import Stop


@dataclass(frozen=True)
class Leave(Stop):
    """Break the run off, to be resumed later. It is no command of the public: it has no place in `COMMANDS`, so that it
    never comes as JSON, and no place in the history of the run."""
