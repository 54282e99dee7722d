"""What the page Tensors keeps in the session; the operation, the sizes and x in the address, too."""

from enum import StrEnum


class Key(StrEnum):
    OPERATION = "operation"

    ROWS = "rows"  # these with the matrix's name
    COLUMNS = "columns"
    MATRIX = "matrix"
    START = "matrix_start"
    EDITED = "matrix_edited"

    DEVICE = "device"
    ROW_OF_A = "row_of"  # with the number of rows
    X = "sigmoid_x"
