"""Makes the data set that the sliders ask for, in the workspace."""

import functools
import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from cf_core.data.made_up.files import write_made_up
from cf_core.data.made_up.generation import make_up
from cf_core.data.made_up.options import MadeUpOptions
from cf_core.words import Words
from pages.shared import session


def name_of(options: MadeUpOptions) -> str:
    """What the data set is called: what is most asked about it, and six digits that stand for all options, so that the
    same choices lead to the same data set."""
    digits = hashlib.sha256(json.dumps(asdict(options)).encode()).hexdigest()[:6]
    return f"Made up {digits}, {options.n_factors} factor{'s' if options.n_factors > 1 else ''}"


def write(options: MadeUpOptions, folder: Path) -> Words:
    """Draw the ratings and write them into a folder."""
    return write_made_up(folder, make_up(options))


def make(options: MadeUpOptions) -> None:
    """Make the data set, unless the workspace has it, and select it."""
    name, data_sets = name_of(options), session.workspace().data_sets
    made = next((data_set for data_set in data_sets.all() if data_set.name == name), None)
    session.select_data((made or data_sets.add(name, functools.partial(write, options))).data_id)
