"""What the page Your data keeps in the session."""

from enum import StrEnum


class Key(StrEnum):
    """`ROLE` and the other keys of the form are followed by the upload that they are about."""

    FILE = "your_data_file"
    TITLES = "your_data_titles"
    ROLE = "your_data_role"
    HEADER = "your_data_header"
    REPEATED = "your_data_repeated"
    NAME = "your_data_name"
    ITEM = "your_data_item"
    ITEMS = "your_data_items"
    SHOWN = "your_data_shown"
    FOLLOWED = "your_data_followed"
    DELETED = "your_data_deleted"
