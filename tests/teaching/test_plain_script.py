"""The plain script: it has only what the run needs, splits and schedules as the run does, and reaches its loss."""

import ast
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.config import ModelConfig, Phase, TrainingConfig, with_settings
from cf_core.data.ratings import Ratings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import SplitConfig, split_ratings
from cf_core.rating_scale import star_size
from cf_core.settings import SETTINGS
from cf_core.teaching.plain_script import plain_script
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from cf_core.training.schedules import learning_rates
from cf_core.training.state import TrainingState
from tests.books import write_books

RUNNER = Path(__file__).with_name("run_scripts.py")
LEARNER = RECIPES["notebook-learner"].config
MIXED = LEARNER.continued(2, Phase(4, 1e-3)).continued(3, Phase(2, 1e-2, "one-cycle"))
LAST_K = SplitConfig(kind="last-k", k=3)
SPLITS = [SplitConfig(0.25, 3), SplitConfig(0.1, kind="time"), LAST_K]
CONFIGS: dict[str, TrainingConfig] = {
    **{name: recipe.config for name, recipe in RECIPES.items()},
    "mixed": MIXED,
    "adamw without decay": replace(LEARNER, optimizer="adamw", weight_decay=0.0),
    "sgd without anything": replace(LEARNER, optimizer="sgd", weight_decay=0.0, momentum=0.0),
    "net without dropout": replace(LEARNER, model=ModelConfig("net", dropout=0.0, hidden_dropout=0.0, sigmoid=False)),
    "sparse": replace(LEARNER, update="sparse"),
    "dot with sigmoid": replace(LEARNER, model=ModelConfig("dot", range_margin=0.25)),
}
SHORT = {
    "notebook-dot": {"batch_size": 256, "n_epochs": 2, "n_factors": 20},
    "notebook-bias": {"batch_size": 256, "n_epochs": 2, "n_factors": 20},
    "notebook-net": {"batch_size": 256, "n_epochs": 2, "n_factors": 20},
    "notebook-learner": {"batch_size": 256, "n_epochs": 2, "n_factors": 20},
    "fast": {"n_epochs": 2},
    "best": {"n_epochs": 2, "n_factors": 20},
    "rank": {"n_epochs": 2, "n_factors": 20},
}
"""Each recipe with fewer and larger steps, so that it trains in a second or two."""

WENT_ON = replace(
    LEARNER,
    model=replace(LEARNER.model, n_factors=20),
    batch_size=256,
    phases=(Phase(3, 1e-2, "cosine", 1, 2, cut_after=1), Phase(1, 1e-2, "one-cycle")),
)
TRAINED: dict[str, tuple[TrainingConfig, SplitConfig]] = {
    **{name: (with_settings(RECIPES[name].config, changes), SplitConfig()) for name, changes in SHORT.items()},
    "went on under another schedule": (WENT_ON, LAST_K),
    "sparse": (
        replace(with_settings(LEARNER, SHORT["notebook-learner"]), update="sparse", phases=(Phase(1, 1e-2),)),
        SplitConfig(),
    ),
}


def script(config: TrainingConfig, split: SplitConfig = SPLITS[0], data: str = "somewhere") -> str:
    return plain_script(config, data, split)


def names(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


@pytest.mark.parametrize("split", SPLITS, ids=lambda split: split.kind)
@pytest.mark.parametrize("name", CONFIGS)
def test_nothing_in_it_is_unused_and_nothing_missing(name: str, split: SplitConfig) -> None:
    text = script(CONFIGS[name], split)
    tree = ast.parse(text)
    imported = {alias.asname or alias.name for node in ast.walk(tree) for alias in getattr(node, "names", ())}
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    loaded, stored = names(tree, ast.Load), names(tree, ast.Store)
    methods = {"__init__", "forward", "penalty"}
    assert (imported | stored | arguments | defined) - methods - {"_"} <= loaded
    builtin = {"len", "int", "max", "range", "zip", "enumerate", "print", "str", "bool", "super", "list"}
    assert loaded <= imported | stored | arguments | defined | builtin
    assert imported <= {"math", "np", "pd", "torch", "nn"}
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("notebook-dot", ("bias", "sigmoid", "cos", "n_batches", "Adam", "dropout", "math")),
        ("notebook-bias", ("cos", "n_batches", "Adam", "dropout", "MARGIN")),
        ("notebook-net", ("_bias", "cos", "n_batches", "SGD")),
        ("notebook-learner", ("interp", "SGD", "dropout", "n_trained", "schedule", "math")),
        ("fast", ("cycle_length", "SGD", "dropout", "while", "IMPLICIT", "penalty", "interests", "share_rated")),
        ("best", ("cycle_length", "SGD", "dropout", "while", "STAR_WEIGHT", "picked")),
        ("rank", ("cycle_length", "SGD", "dropout", "while")),
    ],
)
def test_what_a_recipe_does_not_need_is_not_there(name: str, words: tuple[str, ...]) -> None:
    text = script(RECIPES[name].config)
    assert not [word for word in words if word in text]


OTHER_VALUES: dict[str, Any] = {
    "n_factors": 7, "n_hidden": 23, "dropout": 0.3, "hidden_dropout": 0.25, "init_low": -0.2, "init_high": 0.3,
    "range_margin": 0.75, "optimizer": "adamw", "learning_rate": 0.5, "weight_decay": 0.125, "momentum": 0.625,
    "batch_size": 333, "n_epochs": 9, "schedule": "one-cycle", "cycle_length": 4, "cycle_multiplier": 3, "seed": 77,
    "implicit_weight": 3.5, "rating_decay": 0.25, "star_weight": 0.75, "update": "sparse",
}  # fmt: skip


@pytest.mark.parametrize("setting", SETTINGS)
def test_it_changes_with_every_setting(setting: str) -> None:
    """On a config that has a use for it."""
    kind = "implicit" if setting in ("implicit_weight", "rating_decay", "star_weight") else "net"
    config = replace(LEARNER, model=ModelConfig(kind))
    assert script(with_settings(config, {setting: OTHER_VALUES[setting]})) != script(config)


def test_it_changes_with_data_and_split() -> None:
    assert 'DATA = "else\'s/ratings.csv"' in script(LEARNER, data="else's")
    by_user = {script(LEARNER, SplitConfig(kind="last-k", k=k)) for k in (1, 2)}
    assert (
        len({script(LEARNER, split) for split in (*SPLITS, SplitConfig(0.25, 4), SplitConfig(0.3, 3))} | by_user) == 7
    )


@settings(max_examples=50)
@given(
    kinds=st.lists(st.sampled_from(["constant", "cosine", "one-cycle"]), min_size=1, max_size=3),
    n_epochs=st.integers(1, 7),
    cycle=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    n_batches=st.integers(1, 60),
    cut=st.booleans(),
)
def test_its_rates_are_those_of_the_run(
    kinds: list[str], n_epochs: int, cycle: tuple[int, int], n_batches: int, cut: bool
) -> None:
    phases = tuple(Phase(n_epochs, 0.1 / (i + 1), kind, *cycle, 1 if cut else None) for i, kind in enumerate(kinds))
    text = script(replace(LEARNER, phases=phases))
    table = ast.literal_eval(re.search(r"PHASES = (\[.*?\n\])", text, re.S)[1])
    function = next((node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)), None)
    if function is None:
        given_rates = [np.full(n_trained * n_batches, rate) for rate, n_trained in table]
    else:
        known: dict[str, Any] = {"np": np, "n_batches": n_batches}
        exec(ast.unparse(function), known)
        given_rates = [known["learning_rates"](*row) for row in table]
    for phase, rates in zip(phases, given_rates, strict=True):
        np.testing.assert_allclose(rates, learning_rates(phase, n_batches), atol=1e-12)


@pytest.mark.parametrize("config", SPLITS, ids=lambda split: split.kind)
def test_its_split_is_that_of_the_run(config: SplitConfig, ratings: Ratings) -> None:
    text = script(LEARNER, config, str(EMBEDDED))
    rows = text[text.index("ratings = ") : text.index("columns = ")]
    top = text[text.index("DATA = ") : text.index("PHASES")]
    known: dict[str, Any] = {"np": np, "pd": pd}
    exec(top + rows, known)
    assert sorted(split_ratings(ratings, config).valid_rows) == np.flatnonzero(known["is_valid"]).tolist()
    assert (known["user_idx"] == ratings.user_idx).all()
    assert (known["item_idx"] == ratings.item_idx).all()
    assert (known["low"], known["high"]) == ratings.rating_range


@pytest.mark.parametrize("name", RECIPES)
def test_its_model_predicts_like_that_of_the_run_from_the_same_weights(name: str, ratings: Ratings) -> None:
    config = RECIPES[name].config
    model = TrainingState.start(config, split_ratings(ratings)).model.eval()
    text = script(config, SplitConfig(), str(EMBEDDED))
    known: dict[str, Any] = {"__name__": "plain"}
    exec(text[: text.index("torch.manual_seed(SEED)")], known)
    own = known["Model"]().eval()
    draw = torch.Generator().manual_seed(0)
    users, items = (torch.randint(n, (50,), generator=draw) for n in (ratings.n_users, ratings.n_items))
    with torch.no_grad():
        for weight, of_run in zip(own.parameters(), model.parameters(), strict=True):
            assert weight.shape == of_run.shape
            weight.copy_(of_run)
        torch.testing.assert_close(own(users, items), model(users, items))


POINTS = "on a scale of points: "


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books, rated on a scale of 0 to 100 points."""
    return write_books(tmp_path_factory.mktemp("points") / "books")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, points: Path) -> dict[str, str]:
    """What the scripts of `TRAINED` print, and on the points those of the recipes: as they stand, each in a process."""
    folder, star = tmp_path_factory.mktemp("scripts"), star_size(read_ratings(points).rating_range)
    texts = {name: plain_script(config, str(EMBEDDED), split) for name, (config, split) in TRAINED.items()}
    texts |= {POINTS + name: plain_script(RECIPES[name].config, str(points), SplitConfig(), star) for name in RECIPES}
    files = [folder / f"{number}.py" for number in range(len(texts))]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, RUNNER, *files], env=environment, capture_output=True, text=True, timeout=600, check=True
    )
    results = dict(zip(texts, map(json.loads, ran.stdout.splitlines()), strict=True))
    assert {name for name, result in results.items() if result["status"]} == set(), ran.stderr
    return {name: result["printed"] for name, result in results.items()}


@pytest.mark.parametrize("name", TRAINED)
def test_it_reaches_the_loss_of_the_run(name: str, printed: dict[str, str], ratings: Ratings) -> None:
    config, split = TRAINED[name]
    run = History.of(fit(TrainingState.start(config, split_ratings(ratings, split))))
    losses = [float(loss) for loss in re.findall(r"validation (\d+\.\d+)", printed[name])]
    assert len(losses) == config.n_epochs
    assert losses[-1] == pytest.approx(run.epochs[-1].valid_loss, abs=0.01)


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_on_a_scale_of_points_the_script_still_comes_to_the_loss_of_the_run(
    recipe: str, printed: dict[str, str], points: Path
) -> None:
    """Within a tenth: so few ratings scatter with the seed. Without what the scale asks for, it would be far off."""
    ratings = read_ratings(points)
    config, star = RECIPES[recipe].config, star_size(ratings.rating_range)
    assert plain_script(config, "", SplitConfig(), star).count("LOSS_UNIT") == 2
    assert "LOSS_UNIT" not in plain_script(config, "", SplitConfig())
    own = History.of(fit(TrainingState.start(config, split_ratings(ratings)))).epochs[-1].valid_loss
    assert float(printed[POINTS + recipe].split()[-1]) == pytest.approx(own, rel=0.1)
