"""Every error that CF Lab raises on purpose.

A message says what is wrong, where, and what to do about it, so that a page can show it as it is and the command line
can print it in one line. Anything that is not a `CFError` is a defect of the program.
"""


class CFError(Exception):
    """Base of all errors that a user can mend."""


class DataFormatError(CFError):
    """A data set cannot be read.

    Args:
        problem: what is wrong, in a few words.
        file: the file that is at fault, as the user named it.
        cure: what to do about it.
        line: line of the first offender, counted from 1 with the header as line 1; None where no line is at fault.
        count: how many lines or values are at fault.
    """

    def __init__(self, problem: str, *, file: object, cure: str, line: int | None = None, count: int = 1) -> None:
        self.problem, self.file, self.cure, self.line, self.count = problem, str(file), cure, line, count
        where = self.file if line is None else f"{self.file}, line {line}"
        many = f" ({count:,} such in all)" if count > 1 else ""
        super().__init__(f"{where}: {problem}{many}. {cure}")


class MissingFileError(DataFormatError):
    """A folder or file of the data set is not there."""


class MissingColumnError(DataFormatError):
    """The header lacks a column."""


class EmptyFileError(DataFormatError):
    """A file has no header, or no line below it."""


class EncodingError(DataFormatError):
    """A file is not UTF-8, or begins with a byte order mark."""


class BadValueError(DataFormatError):
    """A value is missing, not a number, or not finite."""


class DuplicateItemError(DataFormatError):
    """The item table names one id twice."""


class DuplicateRatingError(DataFormatError):
    """One user rates one item twice."""


class UnlistedItemError(DataFormatError):
    """A rated item is not in the item table."""


class ConstantRatingError(DataFormatError):
    """All ratings are equal: the rating range has no width."""


class TooFewError(DataFormatError):
    """Fewer than two users or items."""


class UnknownIdError(CFError):
    """A raw id, or an index, that the data set does not hold."""


class ConfigError(CFError):
    """A setting that does not exist, or a value outside its range."""


class MissingPartError(CFError):
    """The fitted model lacks the part that was asked for: a model without biases has no leaderboard."""


class StoreError(CFError):
    """The folder of runs cannot be read or written."""


class UnknownRunError(StoreError):
    """No run of that id in the store."""


class QueueFullError(CFError):
    """An owner has as many unfinished runs as he may have."""


class DataMismatchError(CFError):
    """A run was trained on other data than the data at hand."""


class OvershootError(CFError):
    """A step of gradient descent that ends in numbers too large to go on from."""


class ShapeError(CFError):
    """Two tensors whose shapes do not go together."""
