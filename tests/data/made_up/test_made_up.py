"""Made-up ratings: the planted truth, who rates what, the noise floor, and the files."""

import hashlib
import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from cf_core.data.made_up.files import PLANTED, is_made_up, read_planted, strongest_factors, write_made_up
from cf_core.data.made_up.generation import MadeUp, factor_strengths, make_up
from cf_core.data.made_up.options import MadeUpOptions
from cf_core.data.made_up.planted import Planted, noise_floor, rounded
from cf_core.data.made_up.who_rates import numbers_of_ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import split_ratings
from cf_core.errors import BadValueError, ConfigError, DataMismatchError, MissingFileError
from cf_core.words import Words

SMALL = MadeUpOptions(n_factors=2, n_ratings=900, n_users=60, n_items=40)


@pytest.fixture(scope="module")
def small() -> MadeUp:
    return make_up(SMALL)


@pytest.fixture
def folder(tmp_path: Path, small: MadeUp) -> Path:
    write_made_up(tmp_path, small)
    return tmp_path


def of_one_pair(sum_of_pair: float, **options: float) -> Planted:
    """A truth with the given planted sum for user 0 and item 0."""
    made_with = replace(SMALL, n_factors=1, **options)
    zeros = np.zeros(1)
    return Planted(made_with, zeros[:, None], zeros[:, None], np.array([sum_of_pair - made_with.mean]), zeros)


@st.composite
def any_options(draw: st.DrawFn) -> MadeUpOptions:
    n_users, n_items = draw(st.integers(3, 40)), draw(st.integers(3, 40))
    return (
        MadeUpOptions(
            n_factors=draw(st.integers(1, min(n_users, n_items, 6) - 1)),
            noise=draw(st.sampled_from([0.0, 0.3, 2.0])),
            n_ratings=draw(st.integers(max(n_users, 10), max(n_users * n_items, 10)))
            if n_users * n_items >= 10
            else 10,
            n_users=n_users,
            n_items=n_items,
            factor_decay=draw(st.floats(0.05, 1)),
            popularity_skew=draw(st.floats(0, 2)),
            activity_skew=draw(st.floats(0, 2)),
            liking=draw(st.floats(0, 10)),
            step=draw(st.sampled_from([0.5, 0.1, 4.5, 1.5])),
            seed=draw(st.integers(0, 100)),
        )
        if n_users * n_items >= 10
        else SMALL
    )


@settings(max_examples=60, deadline=None)
@given(any_options())
def test_everybody_rates_nothing_twice_and_on_the_scale(options: MadeUpOptions) -> None:
    made = make_up(options)
    assert len(made.user_idx) == len(made.item_idx) == len(made.rating) == options.n_ratings
    assert set(made.user_idx) == set(range(options.n_users))
    assert made.item_idx.min() >= 0 and made.item_idx.max() < options.n_items
    assert len(np.unique(made.user_idx * options.n_items + made.item_idx)) == options.n_ratings
    scale = options.lowest + options.step * np.arange(options.n_steps + 1)
    assert np.abs(made.rating[:, None] - scale).min(axis=1).max() < 1e-8


@settings(max_examples=30, deadline=None)
@given(any_options())
def test_the_planted_factors_are_centred_orthogonal_and_as_strong_as_asked(options: MadeUpOptions) -> None:
    planted = make_up(options).planted
    for factors in (planted.user_factors, planted.item_factors):
        gram = factors.T @ factors
        assert factors.mean(axis=0) == pytest.approx(0, abs=1e-9)
        assert gram - np.diag(np.diag(gram)) == pytest.approx(0, abs=1e-8)
    assert planted.strengths() == pytest.approx(factor_strengths(options))
    taste = planted.user_factors @ planted.item_factors.T
    assert taste.std() == pytest.approx(options.factor_spread)


def test_strengths_by_hand() -> None:
    strengths = factor_strengths(replace(SMALL, factor_decay=0.75, factor_spread=1.0))
    assert strengths == pytest.approx([0.8, 0.6])  # 1 : 0.75, whose squares add up to 1


def test_the_expected_rating_by_hand() -> None:
    """On the scale 1, 2 with a border at 1.5: P(2) = Φ((x - 1.5) / noise), and Φ(1) = 0.8413."""
    planted = of_one_pair(2.0, lowest=1.0, highest=2.0, step=1.0, noise=0.5)
    sums = planted.sums(np.array([0]), np.array([0]))
    assert sums == pytest.approx([2.0])
    assert planted.expected_ratings(sums) == pytest.approx([1.8413], abs=1e-4)


def test_the_expected_rating_is_the_mean_of_many_draws() -> None:
    planted = of_one_pair(4.6, noise=0.7)
    draws = rounded(4.6 + 0.7 * np.random.default_rng(0).standard_normal(200_000), planted.options)
    assert planted.expected_ratings(np.array([4.6]))[0] == pytest.approx(draws.mean(), abs=0.005)


def test_without_noise_the_truth_predicts_every_rating() -> None:
    made = make_up(replace(SMALL, noise=0.0))
    assert made.noise_floor() == 0


def test_nobody_beats_the_floor_not_even_the_planted_sum() -> None:
    """Other predictors that know the truth: the sum itself, clipped or not, and the sum rounded to the scale."""
    made = make_up(MadeUpOptions(noise=0.8, step=1.5))
    sums = made.planted.sums(made.user_idx, made.item_idx)
    others = (sums, np.clip(sums, 0.5, 5), rounded(sums, made.planted.options))
    for predicted in others:
        assert np.sqrt(np.square(made.rating - predicted).mean()) > made.noise_floor()


def test_the_floor_holds_noise_and_rounding() -> None:
    """Uniform errors of rounding have the variance step² / 12."""
    wide = MadeUpOptions(noise=0.5, lowest=-20.0, highest=30.0, step=0.5)
    assert make_up(wide).noise_floor() == pytest.approx(math.sqrt(0.5**2 + 0.5**2 / 12), rel=0.02)


def test_more_noise_leaves_the_truth_and_the_pairs_as_they_are(small: MadeUp) -> None:
    noisy = make_up(replace(SMALL, noise=1.5))
    assert np.array_equal(noisy.planted.item_factors, small.planted.item_factors)
    assert np.array_equal(noisy.item_idx, small.item_idx)
    assert noisy.noise_floor() > small.noise_floor() + 0.3


def test_the_skews_skew() -> None:
    def share_of_the_busiest(index: np.ndarray) -> float:
        counts = np.sort(np.bincount(index))[::-1]
        return float(counts[: len(counts) // 10].sum() / counts.sum())

    even = make_up(replace(SMALL, popularity_skew=0.0, activity_skew=0.0))
    popular = make_up(replace(SMALL, popularity_skew=1.5, activity_skew=0.0))
    active = make_up(replace(SMALL, popularity_skew=0.0, activity_skew=1.5))
    assert share_of_the_busiest(popular.item_idx) > 1.5 * share_of_the_busiest(even.item_idx)
    assert share_of_the_busiest(active.user_idx) > 1.5 * share_of_the_busiest(even.user_idx)
    assert np.ptp(np.bincount(even.user_idx)) == 0


def test_people_rate_what_they_like() -> None:
    means = [make_up(MadeUpOptions(n_ratings=20_000, liking=liking)).rating.mean() for liking in (0.0, 1.0, 3.0)]
    assert means[0] + 0.3 < means[1] and means[1] + 0.2 < means[2]
    assert means[0] == pytest.approx(3.5, abs=0.1)


def test_the_numbers_of_ratings_by_hand() -> None:
    assert numbers_of_ratings(np.array([4.0, 2.0, 1.0, 1.0]), 80, 100).tolist() == [40, 20, 10, 10]
    assert numbers_of_ratings(np.array([4.0, 2.0, 1.0, 1.0]), 80, 30).tolist() == [30, 25, 13, 12]
    assert numbers_of_ratings(np.array([1.0, 1e-6]), 10, 10).tolist() == [9, 1]
    assert numbers_of_ratings(np.array([1.0, 1.0]), 20, 10).tolist() == [10, 10]


@given(st.lists(st.floats(1e-3, 1), min_size=2, max_size=30), st.integers(1, 50), st.floats(0, 1))
def test_everybody_has_a_rating_and_nobody_too_many(weights: list[float], most: int, how_many: float) -> None:
    n_ratings = round(len(weights) + how_many * (most - 1) * len(weights))
    numbers = numbers_of_ratings(np.array(weights), n_ratings, most)
    assert numbers.sum() == n_ratings and numbers.min() >= 1 and numbers.max() <= most
    order = np.argsort(weights, kind="stable")
    assert np.diff(numbers[order]).min() >= -1  # who has more weight has no fewer, but for the rounding


def test_the_same_options_give_the_same_bytes(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    again = tmp_path_factory.mktemp("again")
    write_made_up(again, make_up(SMALL))
    assert sorted(path.name for path in again.iterdir()) == ["about.json", "movies.csv", PLANTED, "ratings.csv"]
    for path in again.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes()
    digest = hashlib.sha256((folder / "ratings.csv").read_bytes()).hexdigest()
    assert digest == "a1bec3077eb9c01a5ad3106fda221492911f118b1ad294a1445e3070f1319ec4"
    other = tmp_path_factory.mktemp("other")
    write_made_up(other, make_up(replace(SMALL, seed=1)))
    assert (other / "ratings.csv").read_bytes() != (folder / "ratings.csv").read_bytes()


def test_what_goes_in_comes_out(folder: Path, small: MadeUp) -> None:
    ratings = read_ratings(folder)
    assert ratings.words == Words("item", "items", "stars")
    assert ratings.n_ratings == 900 and ratings.timestamp is None
    assert np.array_equal(ratings.users.ids[ratings.user_idx] - 1, small.user_idx)
    assert np.array_equal(ratings.items.ids[ratings.item_idx] - 1, small.item_idx)
    assert ratings.rating == pytest.approx(small.rating)
    row = ratings.items.index_of([17])[0]
    assert ratings.item_table.title[row] == "Item 17"
    assert ratings.item_table.genres[row] == strongest_factors(small.planted)[16]
    planted = read_planted(folder).of_ratings(ratings)
    everything = np.arange(ratings.n_ratings)
    assert planted.sums(ratings.user_idx, ratings.item_idx) == pytest.approx(
        small.planted.sums(small.user_idx, small.item_idx)
    )
    assert noise_floor(planted, ratings, everything) == pytest.approx(small.noise_floor())


def test_the_floor_of_the_validation_rows_is_theirs(folder: Path) -> None:
    ratings = read_ratings(folder)
    planted, rows = read_planted(folder).of_ratings(ratings), split_ratings(ratings).valid_rows
    best = planted.expected_ratings(planted.sums(ratings.user_idx[rows], ratings.item_idx[rows]))
    assert noise_floor(planted, ratings, rows) ** 2 == pytest.approx(np.square(ratings.rating[rows] - best).mean())


def test_an_items_genre_is_its_strongest_factor_by_hand() -> None:
    user_factors = np.array([[1.0, 3.0], [-1.0, -3.0]])  # standard deviations 1 and 3
    item_factors = np.array([[2.0, 0.5], [2.0, -1.0], [-4.0, 1.0]])  # 2 · 1 > 0.5 · 3, but 2 · 1 < 1 · 3
    planted = Planted(SMALL, user_factors, item_factors, np.zeros(2), np.zeros(3))
    assert strongest_factors(planted) == ["factor 1 high", "factor 2 low", "factor 1 low"]


def test_a_wide_scale_is_in_points(tmp_path: Path) -> None:
    assert write_made_up(tmp_path, make_up(replace(SMALL, highest=10.0))).unit == "points"
    assert read_ratings(tmp_path).words.unit == "points"


def test_a_fine_scale_is_written_without_rests_of_binary_fractions(tmp_path: Path) -> None:
    write_made_up(tmp_path, make_up(replace(SMALL, step=0.1)))
    values = {line.split(",")[2] for line in (tmp_path / "ratings.csv").read_text().splitlines()[1:]}
    assert max(map(len, values)) == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"noise": -0.1}, "noise=-0.1 is out of range"),
        ({"noise": math.nan}, "noise=nan is out of range"),
        ({"n_users": 2.5}, "n_users=2.5 is not a whole number"),
        ({"n_users": True}, "n_users=True is not a whole number"),
        ({"noise": "1"}, "noise='1' is not a number"),
        ({"n_ratings": 59}, "choose from 60 to 2,400"),
        ({"n_ratings": 2_401}, "choose from 60 to 2,400"),
        ({"n_users": 200_000, "n_items": 200_000}, "over 100,000,000 cells"),
        ({"n_factors": 32, "n_items": 32}, "tell 31 apart"),
        ({"step": 0.4}, "whole steps of 0.4"),
        ({"lowest": 5.0}, "whole steps"),
        ({"seed": -1}, "seed=-1 is out of range"),
    ],
)
def test_wrong_options_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("(", r"\(")):
        replace(SMALL, **changes)


def test_data_without_a_truth_say_so(tmp_path: Path) -> None:
    assert not is_made_up(tmp_path)
    with pytest.raises(MissingFileError, match="the planted truth cannot be opened"):
        read_planted(tmp_path)


def test_a_damaged_truth_is_refused(folder: Path) -> None:
    file = folder / PLANTED
    whole = file.read_bytes()
    for damaged in (b"", whole[:50], whole[:-8], b"\xff" * 100, whole.replace(b"n_users", b"n_losers")):
        file.write_bytes(damaged)
        with pytest.raises(BadValueError, match="Make the data set again"):
            read_planted(folder)


def test_a_truth_of_other_sizes_or_no_numbers_is_refused(folder: Path) -> None:
    arrays, about = load_file(folder / PLANTED), {"options": json.dumps(asdict(SMALL))}
    for wrong in ({"user_bias": arrays["user_bias"][1:]}, {"item_bias": arrays["item_bias"] * np.nan}):
        save_file({**arrays, **wrong}, folder / PLANTED, about)
        with pytest.raises(BadValueError, match="other sizes than it says"):
            read_planted(folder)


def test_the_truth_of_other_ratings_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    planted = read_planted(folder)
    for changes in ({"n_users": 61}, {"n_items": 41}, {"n_ratings": 901}):
        other = tmp_path_factory.mktemp("other")
        write_made_up(other, make_up(replace(SMALL, **changes, popularity_skew=0.0)))
        with pytest.raises(DataMismatchError, match="not that of its ratings"):
            planted.of_ratings(read_ratings(other))
