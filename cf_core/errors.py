"""All errors that CF Lab raises on purpose.

A message says what is wrong, where, and what to do about it, so that a page can show it as it is and the command line
can print it in one line. Any other exception is a bug.
"""

from typing import Any


class CFError(Exception):
    """Base of all errors that the user can fix. The message is one line, whatever it quotes; see `printable`."""

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message))

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is pickled, for another process, whatever its constructor takes."""
        return _restored, (type(self), self.args, self.__dict__)


class DataFormatError(CFError):
    """A data set cannot be read.

    Args:
        problem: what is wrong, in a few words.
        file: the file with the error, as the user named it.
        cure: what to do about it.
        line: line of the first error, counted from 1 with the header as line 1; None where no single line is wrong.
        count: how many lines or values are wrong.
    """

    def __init__(self, problem: str, *, file: object, cure: str, line: int | None = None, count: int = 1) -> None:
        self.problem, self.file, self.cure, self.line, self.count = problem, str(file), cure, line, count
        where = self.file if line is None else f"{self.file}, line {line}"
        super().__init__(f"{where}: {problem}{in_total(count)}. {cure}")


class MissingFileError(DataFormatError):
    """A folder or file of the data set does not exist or cannot be opened."""


class ArchiveError(DataFormatError):
    """A zip is damaged, encrypted, or holds what is not safe to unpack."""


class MissingColumnError(DataFormatError):
    """The header lacks a required column."""


class EmptyFileError(DataFormatError):
    """A file has no header, or no row below it."""


class EncodingError(DataFormatError):
    """A file is not UTF-8."""


class BadValueError(DataFormatError):
    """A value is missing, not a number, or not finite."""


class DuplicateItemError(DataFormatError):
    """The item table lists an id twice."""


class DuplicateRatingError(DataFormatError):
    """A user rates the same item twice."""


class UnlistedItemError(DataFormatError):
    """A rated item is not in the item table."""


class ConstantRatingError(DataFormatError):
    """All ratings are equal, so the rating range has no width."""


class TooFewError(DataFormatError):
    """Fewer than two users or items."""


class UnknownIdError(CFError):
    """A raw id, or an index, that is not in the data set."""


class ConfigError(CFError):
    """A setting that does not exist, or a value outside its range."""


class LockedSettingError(ConfigError):
    """A setting that the teacher of a task has locked."""


class MissingPartError(CFError):
    """The fitted model lacks a part that is needed, as a model without biases has no leaderboard."""


class VanishedFactorsError(CFError):
    """All factors of a fitted model are nearly zero, or all alike, so nothing can be told by them."""


class StoreError(CFError):
    """The folder of runs cannot be read or written."""


class StoreAwayError(StoreError):
    """The database of the runs does not answer now; nothing is lost, and it may be back in a moment."""


class UnknownRunError(StoreError):
    """The store has no run with that id."""


class UnreadableRunError(StoreError):
    """The record of a run does not pass the checks, or is damaged."""


class UnknownSweepError(StoreError):
    """The store has no sweep with that id."""


class NoWinnerError(CFError):
    """A sweep has ended without a winner: none of its trials finished, or the winner did not."""


class UnknownClassError(StoreError):
    """No class has that code or that key, or the class is gone."""


class NotTeacherError(CFError):
    """Somebody who is not its teacher would control a class."""


class NicknameError(ConfigError):
    """A nickname that a class does not take: empty, too long, or like another one."""


class TooManyTriesError(CFError):
    """Too many wrong codes in a short time."""


class ClassFullError(CFError):
    """A class has as many members as it may, or a browser or an owner as many memberships or classes."""


class ClassEndedError(CFError):
    """A class has ended, so that nobody joins it and no run is submitted for it any more."""


class NotMemberError(CFError):
    """Somebody who is not in the class, or whom its teacher has removed, would do what members do."""


class TooManyRunsError(CFError):
    """Somebody has submitted as many runs as a task allows them."""


class SignedTextError(CFError):
    """A text that this lab should have signed cannot be taken."""


class EditedTextError(SignedTextError):
    """A signed text was changed after it was signed, or never was."""


class OtherLabError(SignedTextError):
    """A text was signed by another lab, whose secret this one does not know."""


class DamagedTextError(SignedTextError):
    """A signed text is not whole: cut off, or not of its form."""


class NewerTextError(SignedTextError):
    """A signed text is of a later version than this lab reads."""


class LongTextError(SignedTextError):
    """There is more to sign, or to read, than fits into a link."""


class UnknownRatingSetError(StoreError):
    """The workspace has no set of ratings with that id."""


class UnknownDataSetError(StoreError):
    """No data set has that id, or none that belongs to the workspace."""


class TooManyRatingsError(CFError):
    """An owner has as many sets of ratings, or a set as many answers, as there may be."""


class QueueFullError(CFError):
    """An owner already has as many unfinished runs as they may have."""


class DiskQuotaError(CFError):
    """The runs of an owner, or of an address, take as much of the disk as they may, or the disk is nearly full."""


class ClusterError(CFError):
    """The cluster that trains the runs cannot be reached."""


class TooCostlyError(CFError):
    """A run would take more work or memory than one run may take."""


class UploadError(CFError):
    """An uploaded file cannot be read or imported."""


class BadExportError(CFError):
    """An exported run cannot be imported: it is damaged, or holds what no export of this lab holds."""


class DataMismatchError(CFError):
    """A run was trained on data other than those given."""


class LostRankError(CFError):
    """Of the processes that train a run together, one has ended or does not answer."""


class ConvergenceError(CFError):
    """A minimum that a method searches for in steps was not found."""


class OvershootError(CFError):
    """A step of gradient descent leads to numbers too large to continue from."""


class CellProcessError(CFError):
    """The process that runs the lesson's cells has ended, or does not answer."""


class ShapeError(CFError):
    """Two tensors have incompatible shapes."""


def _restored(kind: type[CFError], args: tuple[Any, ...], attributes: dict[str, Any]) -> CFError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(attributes)
    return error


def printable(text: str) -> str:
    r"""The text in one line, fit for a terminal and a log: a line break becomes a blank, and escape characters and
    marks that turn the direction of writing appear as Python would write them, such as \x1b."""
    one_line = text.replace("\n", " ")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in one_line)


def in_total(count: int) -> str:
    """The note " (3 in total)" that follows the first of several errors; empty where there is only one."""
    return f" ({count:,} in total)" if count > 1 else ""
