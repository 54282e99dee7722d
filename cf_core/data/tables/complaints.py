"""All that is wrong with a source of ratings, row by row, before it is imported."""

from pathlib import Path

from cf_core.data.checks import Finding
from cf_core.data.reading import read_ratings
from cf_core.data.tables.importing import check_table, read
from cf_core.data.tables.options import Complaint, ImportOptions
from cf_core.data.tables.table_file import find_table
from cf_core.errors import DataFormatError

MOST = 200
_DEFAULTS = ImportOptions()


def complaints(source: Path, options: ImportOptions = _DEFAULTS, most: int = MOST) -> list[Complaint]:
    """What `import_data_set` would refuse, in the order of the file; what has no line comes last.

    Args:
        most: how many complaints there are at most; of each kind the first are listed.

    Returns:
        No complaint where the source can be imported.

    Raises:
        DataFormatError: nothing of the source can be read, so that there is nothing to list.
        ConfigError: an option does not fit the source.
    """
    found_table = find_table(source)
    if found_table is None:
        return _of_edition(source, options.most_bytes)
    table, roles = read(found_table, options, strict=False)
    listed = [_of_row(error) for error in table.wrong[:most]]

    def found(finding: Finding) -> None:
        listed.extend(_of_values(finding, most))

    try:
        check_table(table, roles, options, found)
    except DataFormatError as error:
        listed.append(_of_row(error))
    first: dict[tuple[int | None, str], Complaint] = {}
    for one in listed:  # a value that one check found wrong is often wrong by later checks too
        first.setdefault((one.line, one.column), one)
    return sorted(first.values(), key=lambda one: (one.line is None, one.line or 0))[:most]


def _of_values(finding: Finding, most: int) -> list[Complaint]:
    column = finding.column
    return [
        Complaint(column.line_of(row), column.name, column.text.iloc[row], finding.problem(row), finding.cure)
        for row in finding.rows[:most].tolist()
    ]


def _of_row(error: DataFormatError) -> Complaint:
    return Complaint(error.line, "", "", error.problem, error.cure)


def _of_edition(source: Path, most_bytes: int) -> list[Complaint]:
    try:
        read_ratings(source, most_bytes)
    except DataFormatError as error:
        return [_of_row(error)]
    return []
