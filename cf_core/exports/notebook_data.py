"""A notebook's cells about the data: read, look at, count, number from 0, split."""

from cf_core.data.ratings import Ratings
from cf_core.exports.notebook_cells import Cell, code, literal, text
from cf_core.exports.notebook_lesson import Lesson
from cf_core.teaching.plain_script import INDICES, range_lines, settings_lines, split_lines, tensor_lines

LESSON_DATA = "ml-latest-small"

_READ = [
    'folder = Path(DATA) if Path(DATA, "ratings.csv").exists() else Path()',
    'if not (folder / "ratings.csv").exists():',
    '    raise FileNotFoundError(f"There is no ratings.csv in {DATA}, nor where this notebook is.")',
]
_SPLITS = {
    "random": "all ratings are shuffled, and the first of them are kept for validation",
    "time": "the latest ratings are kept for validation, as one who predicts the future would",
    "last-k": "the last few ratings of each user are kept for validation, but never all that a user has",
}


def data_cells(lesson: Lesson) -> list[Cell]:
    """From the file to tensors."""
    return [*_reading(lesson), *_looking(lesson), *_settings(lesson), *_indices(lesson), *_split(lesson)]


def _reading(lesson: Lesson) -> list[Cell]:
    ratings, items = lesson.ratings, lesson.words.items
    counts = f"{ratings.n_ratings}, {ratings.n_users}, {ratings.n_items}"
    options = ", ".join([*_id_types(ratings), "keep_default_na=False"])
    return [
        text("reading", f"## The ratings\n\nTwo files: who rated what, and the titles of the {items}.", _where(lesson)),
        code(
            "read",
            f"DATA = {literal(lesson.data)}",
            f"ITEM, ITEMS = {literal(ratings.words.item)}, {literal(ratings.words.items)}",
            "",
            *_READ,
            f'ratings = pd.read_csv(folder / "ratings.csv", {options})',
            f'titles = pd.read_csv(folder / "movies.csv", {options}).set_index("movieId").title',
            "",
            "counts = len(ratings), ratings.userId.nunique(), ratings.movieId.nunique()",
            'print("{:,} ratings of {:,} users, {:,} {}".format(*counts, ITEMS))',
            f"if counts != ({counts}):",
            '    print("These are not the data of the run. What follows will work, but come to other losses.")',
            "ratings.head()",
        ),
        code("titles", "titles.head().to_frame()"),
    ]


def _where(lesson: Lesson) -> str:
    """What to do for the files to be found."""
    place = (
        "Put `ratings.csv` and `movies.csv` beside this notebook (on Colab: drop them into *Files* at the left), or "
        "name their folder in `DATA`."
    )
    if lesson.ratings.name == LESSON_DATA:
        return (
            f"{place} Both come with CF Lab, in `data/{LESSON_DATA}`. The set that GroupLens now hands out under this "
            "name is a later edition with more ratings: it works too, with other losses."
        )
    return (
        f"{place} CF Lab's own folder of this data set has them; where the lab reads another layout, "
        "`python -m cf_core import SOURCE --name NAME` writes a folder with these two files."
    )


def _id_types(ratings: Ratings) -> list[str]:
    """For pandas: which ids are text, although some may look like numbers."""
    ids = {"userId": ratings.users.ids, "movieId": ratings.items.ids}
    texts = [f'"{column}": str' for column, values in ids.items() if values.dtype.kind not in "iu"]
    return [f"dtype={{{', '.join(texts)}}}"] if texts else []


def _looking(lesson: Lesson) -> list[Cell]:
    items = lesson.words.items
    return [
        text(
            "crosstab-text",
            f"The fifteen busiest users and the fifteen most rated {items}, as the table that we have in mind. Most of "
            "its cells are filled, because those who rate most and what is rated most meet here.",
        ),
        code(
            "crosstab",
            'busiest, most_rated = (ratings[column].value_counts().head(15).index for column in ("userId", "movieId"))',
            "top = ratings[ratings.userId.isin(busiest) & ratings.movieId.isin(most_rated)]",
            'table = pd.crosstab(top.movieId, top.userId, top.rating, aggfunc="sum").rename(index=titles.to_dict())',
            'table.map("{:g}".format, na_action="ignore").fillna("")',
        ),
        text("emptiness-text", "The whole table is another matter:"),
        code(
            "emptiness",
            "n_cells = counts[1] * counts[2]",
            'print(f"{len(ratings):,} of {n_cells:,} cells have a rating: {len(ratings) / n_cells:.2%}.")',
            'by_user, by_item = (ratings.groupby(column).size() for column in ("userId", "movieId"))',
            'print(f"Half of the users have {by_user.median():g} ratings or fewer.")',
            'print(f"Of the {counts[2]:,} {ITEMS}, {(by_item == 1).mean():.0%} have a single one.")',
        ),
        text(
            "emptiness-note",
            f"Of {lesson.words.an_item} with a single rating little can be known, whatever the model: keep this in "
            "mind when you come to the best and the worst.",
        ),
    ]


def _settings(lesson: Lesson) -> list[Cell]:
    return [
        text(
            "settings-text",
            "## The settings of the run",
            "All that was chosen beforehand, in one place. Change a number, run the cells below again, and see what it "
            "does.",
        ),
        code("settings", *settings_lines(lesson.config, lesson.split, lesson.star)),
    ]


def _indices(lesson: Lesson) -> list[Cell]:
    items = lesson.words.items
    return [
        text(
            "indices-text",
            "## Numbers from 0",
            f"An embedding is a table whose rows are looked up by their number, but the ids of users and {items} may "
            "be anything: numbers with gaps, or text. So each gets an index, in order of first appearance. By hand it "
            "is one line; pandas has a function for it.",
        ),
        code(
            "indices",
            "user_to_index = {user: index for index, user in enumerate(ratings.userId.unique())}",
            "counted = ratings.userId.map(user_to_index)",
            "",
            *INDICES,
            'print("The same by hand:", (counted == user_idx).all())',
            "indexed = ratings.assign(user_idx=user_idx, item_idx=item_idx)",
            'indexed[["userId", "user_idx", "movieId", "item_idx"]].head()',
        ),
    ]


def _split(lesson: Lesson) -> list[Cell]:
    return [
        text(
            "split-text",
            "## What to learn from, and what to be judged by",
            "A model can learn its ratings by heart, which says nothing about those to come. So some are kept back. "
            f"In this run, {_SPLITS[lesson.split.kind]}. The model never sees them in training; the loss on them is "
            "the one that counts.",
        ),
        code(
            "split",
            *split_lines(lesson.split),
            *range_lines(lesson.config.model),
            *tensor_lines(lesson.config),
            *_n_batches(lesson),
            'print(f"{len(train_rating):,} ratings to learn from, in {n_batches:,} batches an epoch;", end=" ")',
            'print(f"{len(valid_rating):,} to be judged by")',
        ),
    ]


def _n_batches(lesson: Lesson) -> list[str]:
    line = "n_batches = -(-len(train_rating) // BATCH_SIZE)  # rounded up"
    return [] if any(one.startswith("n_batches") for one in tensor_lines(lesson.config)) else [line]
