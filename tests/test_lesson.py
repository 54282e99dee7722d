"""The lesson's trained figures, reproduced on its own data and split over seeds 0, 1 and 2."""

from dataclasses import replace

import pytest
import torch

from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.leaderboard import leaderboard
from cf_core.insight.projection import project
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState

SEEDS = (0, 1, 2)
TOLERANCE = 0.02

BEST = """Shawshank Redemption, The (1994)|Godfather, The (1972)|Usual Suspects, The (1995)|Schindler's List (1993)
To Kill a Mockingbird (1962)|Pulp Fiction (1994)|Fargo (1996)|Matrix, The (1999)|Silence of the Lambs, The (1991)
Godfather: Part II, The (1974)|Star Wars: Episode IV - A New Hope (1977)|Forrest Gump (1994)|Dark Knight, The (2008)
12 Angry Men (1957)|Rear Window (1954)"""

WORST = """Battlefield Earth (2000)|Inspector Gadget (1999)|Anaconda (1997)|Speed 2: Cruise Control (1997)
Wild Wild West (1999)|Mighty Morphin Power Rangers: The Movie (1995)|Super Mario Bros. (1993)|Batman & Robin (1997)
Haunting, The (1999)|Flintstones, The (1994)|Superman III (1983)|Congo (1995)|Showgirls (1995)|Little Nicky (2000)
Message in a Bottle (1999)"""

LIGHT = """Independence Day (a.k.a. ID4) (1996)|Armageddon (1998)|Lost World: Jurassic Park, The (1997)
Charlie's Angels (2000)|X-Men (2000)|Grumpier Old Men (1995)|Pearl Harbor (2001)
Police Academy 4: Citizens on Patrol (1987)|Miss Congeniality (2000)|Waterworld (1995)"""

CLASSIC = """Taxi Driver (1976)|Fargo (1996)|Chinatown (1974)|Godfather, The (1972)|Apocalypse Now (1979)
Pulp Fiction (1994)|Casablanca (1942)|Goodfellas (1990)|Shining, The (1980)|Maltese Falcon, The (1941)"""


def titles(text: str) -> list[str]:
    return text.replace("\n", "|").split("|")


def train(recipe: str, seed: int, split: Split) -> tuple[History, FittedFactors]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        training = TrainingState.start(replace(RECIPES[recipe].config, seed=seed), split)
        return History.of(fit(training)), training.fitted_factors()
    finally:
        torch.set_num_threads(threads)


@pytest.fixture(scope="module", params=SEEDS)
def learner(request, split) -> tuple[History, FittedFactors]:
    return train("notebook-learner", request.param, split)


def within_the_lesson(history: History, recipe: str) -> bool:
    return history.epochs[-1].valid_loss <= RECIPES[recipe].lesson_valid_losses[-1] + TOLERANCE


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("recipe", ["notebook-dot", "notebook-bias", "notebook-net"])
def test_recipe_reaches_the_lessons_loss(recipe, seed, split):
    history, _ = train(recipe, seed, split)
    assert history.ended.outcome == "finished"
    assert len(history.epochs) == len(RECIPES[recipe].lesson_valid_losses)
    assert within_the_lesson(history, recipe)


@pytest.mark.slow
def test_learner_reaches_the_lessons_loss(learner):
    assert within_the_lesson(learner[0], "notebook-learner")


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_fast_is_as_good_as_the_lesson(seed, split):
    history, _ = train("fast", seed, split)
    assert history.epochs[-1].rmse <= 0.875


@pytest.mark.slow
def test_best_is_ahead_of_the_libraries(split):
    """The best of them, cmfrec with implicit features, comes to 0.8556."""
    history, _ = train("best", 0, split)
    assert history.epochs[-1].rmse <= 0.85


@pytest.mark.slow
def test_learner_finds_the_lessons_best_and_worst(learner, ratings: Ratings):
    for order, theirs in (("best", titles(BEST)), ("worst", titles(WORST))):
        ours = leaderboard(learner[1], ratings, order, top=15, popular=3000)["title"]
        assert len(theirs) == 15
        assert len(set(ours) & set(theirs)) >= 10
    best = leaderboard(learner[1], ratings, "best")["bias"]
    assert best.is_monotonic_decreasing and 1.0 < best.iloc[0] < 1.6


@pytest.mark.slow
def test_first_component_parts_the_lessons_titles(learner, ratings: Ratings):
    projection = project(learner[1], ratings)
    assert projection.components.shape[0] == 3
    assert 2_900 < projection.components.shape[1] <= 3_000
    value = dict(zip(projection.movies["title"], projection.components[0], strict=True))
    light, classic = [value[t] for t in titles(LIGHT)], [value[t] for t in titles(CLASSIC)]
    assert len(light) == len(classic) == 10
    assert min(light) > 0 > max(classic)


@pytest.mark.slow
def test_same_seed_twice_is_the_same_run(split):
    one, two = (train("fast", 0, split) for _ in range(2))
    assert [e.valid_loss for e in one[0].epochs] == [e.valid_loss for e in two[0].epochs]
    assert (one[1].item_factors == two[1].item_factors).all()
