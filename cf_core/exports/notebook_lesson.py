"""What a notebook is about: a run with the epochs that it trained, its data, and what was recorded of it."""

from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import MissingPartError
from cf_core.exports.notebook_cells import safe
from cf_core.rating_scale import star_size
from cf_core.runs.spec import Run
from cf_core.training.commands import FollowSchedule, SetLearningRate
from cf_core.training.history import History
from cf_core.words import Words


@dataclass(frozen=True)
class Lesson:
    """A run to make a notebook of.

    Attributes:
        name: what the run is called, as its owner wrote it.
        data: the folder of the data, as the notebook should name it.
        config: of the run, with the whole epochs that it trained and no more.
        words: those of the data, safe for Markdown.
        history: what was recorded.
    """

    name: str
    data: str
    config: TrainingConfig
    split: SplitConfig
    ratings: Ratings
    words: Words
    history: History

    @classmethod
    def of(cls, run: Run, ratings: Ratings, history: History, name: str, data: str) -> "Lesson":
        """That of a run that has ended.

        Raises:
            DataMismatchError: it was trained on other ratings.
            MissingPartError: it is still in training, or has not trained one whole epoch.
        """
        run.check_data(ratings)
        if run.unfinished or not history.epochs:
            raise MissingPartError(
                f"Run {run.run_id} has not trained a whole epoch that a notebook could train again. "
                "Let a run finish, or stop it after its first epoch."
            )
        config, words = run.spec.config.cut(len(history.epochs)), ratings.words
        words = replace(words, item=safe(words.item), items=safe(words.items))
        return cls(name, data, config, run.spec.split, ratings, words, history)

    @property
    def star(self) -> float:
        """How much on the scale of the ratings one of the lesson's stars is."""
        return star_size(self.ratings.rating_range)

    @property
    def has_biases(self) -> bool:
        """Whether the model has a bias for each item."""
        return self.config.model.kind in ("bias", "implicit")

    @property
    def valid_losses(self) -> list[float]:
        """The validation loss (MSE) after each epoch, as recorded."""
        return [epoch.valid_loss for epoch in self.history.epochs]

    def steered(self) -> list[tuple[int, int, float]]:
        """The steps whose learning rate was set by hand: the first, the one after the last, both counted from 0, and
        the rate."""
        kinds = (SetLearningRate.kind, FollowSchedule.kind)
        taken = [
            ((command.epoch - 1) * command.n_batches + command.batch, command.n_batches, command.learning_rate)
            for command in self.history.commands
            if command.command in kinds
        ]
        last = (self.config.n_epochs * taken[-1][1], 0, None) if taken else None
        return [
            (first, self._held_until(first, end, n_batches, rate), rate)
            for (first, n_batches, rate), (end, _, _) in pairwise([*taken, *([last] if last else [])])
            if rate is not None and first < end
        ]

    def _held_until(self, first: int, end: int, n_batches: int, rate: float) -> int:
        """A rate set by hand ends with the run, and a phase that was added later begins at its own: before `end`, if
        the first report of a phase says so."""
        ends = accumulate(phase.n_trained for phase in self.config.phases)
        for n_epochs in (n_epochs for n_epochs in ends if first < n_epochs * n_batches < end):
            report = next((batch for batch in self.history.batches if batch.epoch == n_epochs + 1), None)
            if report is not None and report.learning_rate != rate:
                return n_epochs * n_batches
        return end
