"""The options that describe a run: `train` trains it, `sweep` varies it."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cf_core.cli.parser import add_data, data_folder
from cf_core.config import with_settings
from cf_core.errors import ConfigError
from cf_core.training.recipes import RECIPES, recipe

if TYPE_CHECKING:
    from cf_core.runs.spec import RunSpec


def add_run_options(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """`--data`, `--recipe`, `--epochs`, `--set` and `--device`."""
    add_data(parser)
    parser.add_argument("--recipe", required=required, metavar="NAME", help=f"one of {', '.join(RECIPES)}")
    parser.add_argument("--epochs", metavar="N", help="epochs in total; the last phase takes up the difference")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change a setting of the recipe"
    )
    parser.add_argument("--device", metavar="auto|cpu|cuda", help="where to train (auto)")


def base_run(arguments: argparse.Namespace, more: Mapping[str, str | None]) -> "RunSpec":
    """The run that the options describe, with the settings in `more` that are not None."""
    from cf_core.data.split import SplitConfig
    from cf_core.runs.spec import RunSpec

    named = {"n_epochs": arguments.epochs, **more}
    settings = set_settings(arguments) | {name: value for name, value in named.items() if value is not None}
    config = with_settings(recipe(arguments.recipe).config, settings)
    return RunSpec(str(data_folder(arguments)), SplitConfig(), config, arguments.device or "auto")


def set_settings(arguments: argparse.Namespace) -> dict[str, str]:
    """The settings that `--set` names."""
    return dict(_pair(text) for text in arguments.set)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--set {text}: this is not KEY=VALUE. Write it as in --set learning_rate=0.01.")
    return name, value
