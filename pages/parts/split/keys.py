"""Session keys of the page Split, besides those of the split itself."""

from enum import StrEnum


class Key(StrEnum):
    TABLE = "split_table"
    TRAIN = "train_on_split"
    STARTED = "split_started_run"
