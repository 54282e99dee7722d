"""All that is wrong with a source of ratings, row by row, before it is imported."""

from pathlib import Path

from cf_core.data.about import read_about
from cf_core.data.checks import Finding, check_raw
from cf_core.data.reading import open_data_set
from cf_core.data.tables.importing import check_table, read
from cf_core.data.tables.options import Complaint, ImportOptions
from cf_core.data.tables.table_file import find_table
from cf_core.errors import DataFormatError, UnlistedItemError

MOST = 200
_DEFAULTS = ImportOptions()


def complaints(source: Path, options: ImportOptions = _DEFAULTS, most: int = MOST) -> list[Complaint]:
    """What `import_data_set` would refuse, in the order of the file or files; what has no line comes last.

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
        return _of_edition(source, options.most_bytes, most)
    table, roles = read(found_table, options, strict=False)
    listed = [_of_row(error) for error in table.wrong[:most]]

    def found(finding: Finding) -> None:
        listed.extend(_of_values(finding, most))

    try:
        check_table(table, roles, options, found)
    except DataFormatError as error:
        listed.append(_of_row(error))
    return _in_order(listed, most)


def _of_edition(source: Path, most_bytes: int, most: int) -> list[Complaint]:
    """Those of a data set in several files."""
    opened, layout = open_data_set(source, most_bytes)
    wrong: list[DataFormatError] = []
    raw = layout.read(opened, wrong, lambda _: None)
    listed = [_of_row(error, Path(error.file).name) for error in wrong[:most]]
    lacks_items = any(error.file == str(raw.listed_id.file) for error in wrong)

    def found(finding: Finding) -> None:
        if not (lacks_items and finding.error is UnlistedItemError):  # its row is wrong, and says so itself
            listed.extend(_of_values(finding, most, finding.column.file.name))

    try:
        check_raw(raw, read_about(opened).words, found)
    except DataFormatError as error:
        listed.append(_of_row(error, Path(error.file).name))
    return _in_order(listed, most, layout.files)


def _of_values(finding: Finding, most: int, file: str = "") -> list[Complaint]:
    column = finding.column
    return [
        Complaint(column.line_of(row), column.name, column.value(row), finding.problem(row), finding.cure, file)
        for row in finding.rows[:most].tolist()
    ]


def _of_row(error: DataFormatError, file: str = "") -> Complaint:
    return Complaint(error.line, "", "", error.problem, error.cure, file)


def _in_order(listed: list[Complaint], most: int, files: tuple[str, ...] = ()) -> list[Complaint]:
    """The first complaint about each value: one that a check found wrong is often wrong by later checks too."""
    first: dict[tuple[str, int | None, str], Complaint] = {}
    for one in listed:
        first.setdefault((one.file, one.line, one.column), one)
    place = {name: at for at, name in enumerate(files)}
    ordered = sorted(first.values(), key=lambda one: (one.line is None, place.get(one.file, len(files)), one.line or 0))
    return ordered[:most]
