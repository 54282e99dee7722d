"""What the page By hand keeps in the session; the settings of the model and of a step in the address, too."""

from enum import StrEnum


class Key(StrEnum):
    # Settings
    FACTORS = "k"
    SEED = "hand_seed"
    HELD_OUT = "hand_held_out"
    BIASES = "hand_biases"
    SIGMOID = "hand_sigmoid"
    RATE = "hand_rate"
    DECAY = "hand_decay"
    BATCH = "hand_batch"
    SHOW = "hand_show"

    # What is selected: the row and column of a cell, the side and place of a number behind it; and that number's value
    USER = "hand_user"
    MOVIE = "hand_movie"
    NUMBER = "hand_number"
    VALUE = "hand_value"
    SLIDER = "hand_slider"

    # The descent: the numbers with their past, what they began from, whether it plays, and what went wrong last
    DESCENT = "hand_descent"
    SETUP = "hand_setup"
    PLAYING = "hand_playing"
    ERROR = "hand_error"

    MORE = "hand_more"
    EDITION = "hand_edition"  # counts how often the editors had to forget what was typed
