"""One term for one thing: synonyms that were in use before the names were settled do not come back."""

import io
import itertools
import re
import tokenize
from pathlib import Path

PROJECT = Path(__file__).parents[1]
FILES = sorted(path for folder in ("cf_core", "pages", "tests") for path in (PROJECT / folder).rglob("*.py"))
FILES = [path for path in FILES if "rivals" not in path.parts]  # who speak the dialects of their libraries
ENGINE_AND_PAGES = [path for path in FILES if "tests" not in path.relative_to(PROJECT).parts[0]]

INSTEAD = {
    "rail": "baselines",
    "going_on": "continuation",
    "Leave": "Interrupt",
    "own_keeper": "acquire_process_lock",
    "forget_the_dead": "remove_stale_locks",
    "number_of": "positive_int_from_env",
    "asked_for": "get_job",
    "ask_for": "request_job",
    "Meter": "LossAccumulator",
    "EpochSoFar": "EpochProgress",
    "so_far": "epoch_progress",
    "rate_factor": "held_rate",
    "RUNAWAY": "DIVERGENCE_FACTOR",
    "add_gradient": "accumulate",
    "value_and_slope": "value_and_derivative",
    "is_dense": "moves_every_row",
    "SCATTERED": "SCATTER_COST",
    "take_apart": "decompose_prediction",
    "nearest_of_each": "k_nearest",
    "kept_neighbours": "neighbour_overlap",
    "held_back": "residual, or validation",
    "HandTable": "SmallTable",
    "HandModel": "SmallModel",
    "CellStory": "CellTrace",
    "split_facts": "split_summary",
    "AxisFacts": "AxisSummary",
    "Ink": "PointStyle",
    "Flight": "ViewTarget",
    "Drawing": "SerializedFigure",
    "loaders": "server, or cached",
    "lesson_split": "split",
    "ChosenRun": "RunView",
    "run_key": "Run.version",
    "say_error": "show_error",
    "userId_idx": "user_idx",
    "lr": "learning_rate",
    "wd": "weight_decay",
    "n_movies": "n_items",
    "val_loss": "valid_loss",
}
"""The word that is not used, and the one that is."""


def names_in(path: Path) -> set[str]:
    """The identifiers of a file, keyword arguments of other libraries' calls (`lr=`) left out."""
    tokens = list(tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline))
    return {
        token.string
        for token, following in itertools.pairwise(tokens)
        if token.type == tokenize.NAME and not (token.string == "lr" and following.string == "=")
    }


def test_settled_names_are_used() -> None:
    found = {path.relative_to(PROJECT).as_posix(): names_in(path) & INSTEAD.keys() for path in FILES}
    assert [f"{path}: {name}; the name is {INSTEAD[name]}" for path, names in found.items() for name in names] == []


def test_a_person_is_they() -> None:
    he_or_she = re.compile(r"\b(?:[Hh]e|[Hh]is|[Hh]im|[Ss]he|[Hh]er)\b")
    texts = {path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8") for path in ENGINE_AND_PAGES}
    assert {path: found for path, text in texts.items() if (found := he_or_she.findall(text))} == {}
