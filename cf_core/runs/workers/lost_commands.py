"""What a worker has to be told that goes on with the run of a dead one, from its last checkpoint."""

from collections.abc import Sequence

from cf_core.training.commands import (
    Command,
    FollowSchedule,
    Pause,
    Resume,
    SetLearningRate,
    StepBatch,
    StepEpoch,
    Watch,
)
from cf_core.training.events import CommandTaken
from cf_core.training.history import History

_PACE = (Pause.kind, Resume.kind, StepBatch.kind, StepEpoch.kind)


def lost_commands(history: History, sent: Sequence[Command] = ()) -> list[Command]:
    """The commands that the checkpoint at the end of the last epoch does not know: the rate and the watched prediction
    that were set since, a pause, and those that were `sent` and not taken. A step counts as a pause: whoever steps
    wants to look."""
    since = [command for command in history.commands if command.epoch > len(history.epochs)]
    rates = [_rate(taken) for taken in since if taken.command in (SetLearningRate.kind, FollowSchedule.kind)]
    watches = [
        Watch(taken.user_idx, taken.item_idx)
        for taken in since
        if taken.command == Watch.kind and taken.user_idx is not None and taken.item_idx is not None
    ]
    pace = [taken.command for taken in history.commands if taken.command in _PACE]
    pauses = [Pause()] if pace and pace[-1] != Resume.kind else []
    return [*rates[-1:], *watches[-1:], *pauses, *sent]


def _rate(taken: CommandTaken) -> Command:
    return FollowSchedule() if taken.learning_rate is None else SetLearningRate(taken.learning_rate)
