"""What the page Tensors keeps in the session; the sizes and x in the address, too."""

from enum import StrEnum


class Key(StrEnum):
    ROWS = "rows"  # these three with the matrix's name
    COLUMNS = "columns"
    MATRIX = "matrix"

    DEVICE = "device"
    ROW_OF_A = "row_of"  # with the number of rows
    X = "sigmoid_x"
