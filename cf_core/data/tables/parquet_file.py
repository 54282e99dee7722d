"""Reads columns of a Parquet file as the text that a CSV file would hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cf_core.data.source import check_size
from cf_core.data.tables.table_file import TableFile
from cf_core.errors import BadValueError, EmptyFileError

_N_SAMPLED, _ROWS_AT_ONCE = 200, 2**17


def is_parquet(beginning: bytes) -> bool:
    """Whether a file that begins so is Parquet."""
    return beginning.startswith(b"PAR1")


def read_beginning(table: TableFile, most_bytes: int) -> tuple[tuple[str, ...], pd.DataFrame]:
    """The names of the columns that hold single values, and some hundred rows of them as text.

    Raises:
        BadValueError: the file is damaged.
        EmptyFileError: it has no rows.
        DataFormatError: these rows take more than `most_bytes`.
    """
    file = table.path
    with _opened(table, most_bytes) as parquet:
        names = _flat_columns(parquet)
        batch = next(parquet.iter_batches(_N_SAMPLED, columns=names), None)
        if batch is None or not len(batch):
            raise EmptyFileError("there is no row", file=file, cure="Add the rows of the data set.")
        check_size(file, _n_bytes(batch), most_bytes)
        return names, pd.DataFrame({name: _text(batch.column(name)).to_pandas().astype("str") for name in names})


def read_columns(table: TableFile, names: list[str], most_bytes: int) -> dict[str, pd.Series]:
    """Read some columns whole, as text; what is missing is the empty text.

    Raises:
        BadValueError: the file is damaged.
        DataFormatError: the columns take more than `most_bytes`.
    """
    parts: dict[str, list[pa.Array]] = {name: [] for name in names}
    file, n_bytes = table.path, 0
    with _opened(table, most_bytes) as parquet:
        check_size(file, _n_unpacked(parquet, names), most_bytes)
        for batch in parquet.iter_batches(_ROWS_AT_ONCE, columns=names):
            n_bytes += _n_bytes(batch)
            check_size(file, n_bytes, most_bytes)
            for name in names:
                parts[name].append(_text(batch.column(name)))
        return {
            name: pa.chunked_array(some, pa.large_string()).to_pandas().astype("str") for name, some in parts.items()
        }


@contextmanager
def _opened(table: TableFile, most_bytes: int) -> Iterator[pq.ParquetFile]:
    """The file, whose texts come as dictionaries: a long one that comes a million times is there once."""
    try:
        with table.open() as stream:
            file = _unpacked(table, stream, most_bytes) if table.is_packed else stream
            names = pq.read_schema(file).names
            yield pq.ParquetFile(file, read_dictionary=names)
    except (pa.ArrowException, OSError, UnicodeDecodeError, ValueError) as error:
        raise BadValueError("the Parquet file is damaged", file=table.path, cure="Fetch or write it again.") from error


def _flat_columns(parquet: pq.ParquetFile) -> tuple[str, ...]:
    schema = parquet.schema_arrow
    names = [field.name for field in schema if not pa.types.is_nested(field.type)]
    return tuple(name for name in names if names.count(name) == 1 and name)


def _unpacked(table: TableFile, stream: BinaryIO, most_bytes: int) -> pa.BufferReader:
    """A member of a zip in memory: Parquet is read from its end."""
    check_size(table.path, table.size, most_bytes)
    return pa.BufferReader(stream.read())


def _n_unpacked(parquet: pq.ParquetFile, names: list[str]) -> int:
    """The bytes of some columns, unpacked, as the file states them."""
    groups = [parquet.metadata.row_group(at) for at in range(parquet.metadata.num_row_groups)]
    columns = (group.column(at) for group in groups for at in range(group.num_columns))
    return sum(column.total_uncompressed_size for column in columns if column.path_in_schema in names)


def _n_bytes(batch: pa.RecordBatch) -> int:
    """The bytes that the values will take when each text has a place of its own."""
    n_bytes = 0
    for values in batch.columns:
        if pa.types.is_dictionary(values.type) and _is_text(values.type.value_type):
            lengths = pc.binary_length(values.dictionary).cast(pa.int64())
            n_bytes += pc.sum(lengths.take(values.indices)).as_py() or 0
        else:
            n_bytes += values.nbytes
    return n_bytes


def _is_text(kind: pa.DataType) -> bool:
    return any(
        is_kind(kind)
        for is_kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    )


def _text(values: pa.Array) -> pa.Array:
    """The values as text: whole numbers without a point, times as seconds since 1970, true and false as 1 and 0."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    elif pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        values = pc.floor_temporal(values, unit="second").cast(pa.timestamp("s"), safe=False).cast(pa.int64())
    elif pa.types.is_floating(values.type):
        values = _plain_numbers(values)
    return pc.fill_null(values.cast(pa.large_string()), "")


def _plain_numbers(values: pa.Array) -> pa.Array:
    """Whole numbers as integers, as pandas turns a column of ids with gaps into floats; others stay."""
    values = pc.if_else(pc.is_nan(values), None, values)
    finite = pc.drop_null(values)
    is_whole = pc.all(pc.and_(pc.equal(finite, pc.floor(finite)), pc.less(pc.abs(finite), 2.0**53))).as_py()
    return values.cast(pa.int64()) if is_whole else values
