"""The file formats that data sets come in, one module each."""
