"""A notebook's cells about what the model has learned: best and worst, the map, and what to try next."""

from cf_core.exports.notebook_cells import Cell, code, text
from cf_core.exports.notebook_lesson import Lesson
from cf_core.fitted_factors import NEARLY_ZERO

POPULAR, TOP = 3_000, 15

_POPULAR = [
    "n_ratings = np.bincount(item_idx, minlength=len(items))",
    "mean_rating = np.bincount(item_idx, ratings.rating, minlength=len(items)) / n_ratings",
    "is_trained = np.bincount(train_item, minlength=len(items)) > 0",
    "by_id = items.argsort()",
    f'popular = by_id[np.argsort(-n_ratings[by_id], kind="stable")][:{POPULAR}]  # the most rated, ties by id',
    "popular = popular[is_trained[popular]]",
    "item_titles = titles.loc[items].to_numpy()",
]
_MAP = [
    "vectors = model.item_factors.weight.detach()[popular]",
    "users, movies = (of.weight.detach().square().mean() for of in (model.user_factors, model.item_factors))",
    "if (N_FACTORS * users * movies) ** 0.5 < NEARLY_ZERO:  # what they contribute to a typical prediction",
    '    print("All factors are nearly zero, so this map shows rounding. Lower WEIGHT_DECAY, and train again.")',
    "if N_FACTORS > 2:",
    "    centred = vectors - vectors.mean(1, keepdim=True)",
    "    components = torch.linalg.svd(centred.T, full_matrices=False).Vh[:2].numpy()",
    "else:",
    "    components = np.stack([vectors[:, 0], vectors[:, -1]])  # so few factors need no projection",
    "centred_mean = mean_rating[popular] - mean_rating[popular].mean()",
    "components[components @ centred_mean > 0] *= -1  # a sign is arbitrary: what is liked better goes to the left",
    "",
    "hover = [",
    '    f"{as_text(title)}<br>mean {mean:.2f} UNIT, {n:,} ratings"',
    "    for title, mean, n in zip(item_titles[popular], mean_rating[popular], n_ratings[popular], strict=True)",
    "]",
    'color = {"color": mean_rating[popular], "colorscale": "Viridis", "colorbar": {"title": "mean (UNIT)"}}',
    "figure = go.Figure(go.Scattergl(x=components[0], y=components[1], marker=color))",
    'figure.update_traces(mode="markers", hovertext=hover, hoverinfo="text", opacity=0.7)',
    'figure.update_layout(title=f"Map of the {len(popular):,} most rated {as_text(ITEMS)}", height=600)',
    'figure.update_layout(xaxis_title="component 1", yaxis_title="component 2")',
    "figure",
]
_ENDS = [
    "for number, component in enumerate(components, start=1):",
    "    order = np.argsort(component)",
    '    print(f"component {number}, low end:", "; ".join(item_titles[popular[order[:8]]]))',
    '    print(f"component {number}, high end:", "; ".join(item_titles[popular[order[::-1][:8]]]))',
]


def result_cells(lesson: Lesson) -> list[Cell]:
    """Best and worst, the map, what next."""
    return [*_best_and_worst(lesson), *_map(lesson), text("next", "## What to try next", _next(lesson))]


def _best_and_worst(lesson: Lesson) -> list[Cell]:
    return [
        text("best-text", "## Best and worst", *_about_best(lesson)),
        code("best", *_POPULAR, "", *_quality(lesson), *_board_lines(lesson)),
        code("worst", f'board.nsmallest({TOP}, "{_column(lesson)}").reset_index(drop=True)'),
    ]


def _column(lesson: Lesson) -> str:
    return "bias" if lesson.has_biases else "mean prediction"


def _about_best(lesson: Lesson) -> list[str]:
    items = lesson.words.items
    among = f"Among the {min(POPULAR, lesson.ratings.n_items):,} most rated {items}"
    if lesson.has_biases:
        unit = "on the scale before the sigmoid" if lesson.config.model.sigmoid else f"in {lesson.words.unit}"
        return [
            f"The bias of {lesson.words.an_item} is its quality once who rated it has been taken out: a mean rating is "
            "high, too, where only kind users or only fans came; a bias is not. "
            f"{among}, those of the highest bias, and then those of the lowest ({unit}):"
        ]
    return [
        f"The model of this run has **no biases**, so it has no number of its own for how good one of the {items} is. "
        "The nearest thing is what it predicts on average over users, of whom five hundred at most are asked here. "
        f"{among}, the highest, and then the lowest:"
    ]


def _quality(lesson: Lesson) -> list[str]:
    if lesson.has_biases:
        return ["quality = model.item_bias.weight.detach()[popular, 0]"]
    return [
        "some_users = torch.linspace(0, len(users) - 1, min(500, len(users))).long()",
        "with torch.no_grad():",
        "    asked = [model(some_users, torch.full_like(some_users, int(item))).mean() for item in popular]",
        "quality = torch.stack(asked)",
    ]


def _board_lines(lesson: Lesson) -> list[str]:
    return [
        f'board = pd.DataFrame({{"title": item_titles[popular], "{_column(lesson)}": quality.numpy()}})',
        'board["ratings"], board["mean rating"] = n_ratings[popular], mean_rating[popular].round(2)',
        f'board.nlargest({TOP}, "{_column(lesson)}").reset_index(drop=True)',
    ]


def _map(lesson: Lesson) -> list[Cell]:
    items, unit = lesson.words.items, lesson.words.unit
    return [
        text(
            "map-text",
            "## The map",
            f"Nobody can look at {lesson.config.model.n_factors} factors at once. Principal component analysis finds "
            "the few directions in which they differ most; `torch.linalg.svd` has them as the first rows of its last "
            f"matrix. Each point is one of the {items}. Neighbours have similar factors: people who like the one tend "
            "to like the other. Point at some of them, and find a name for each direction.",
        ),
        code("map", *(line.replace("UNIT", unit).replace("NEARLY_ZERO", f"{NEARLY_ZERO:g}") for line in _MAP)),
        text("ends-text", "What stands at the ends of each component:"),
        code("ends", *_ENDS),
    ]


def _next(lesson: Lesson) -> str:
    model = lesson.config.model
    ideas = [
        f"`N_FACTORS`: {model.n_factors} here. With 1 or 2, what is lost, and can you still read the map? With ten "
        "times as many, do training and validation loss part?",
        "`SEED`: another start and another order. Differences in loss smaller than what the seed does mean nothing.",
        "`PHASES`: ten times the learning rate, or a tenth. Look at the curve before you look at the last loss.",
    ]
    if lesson.config.weight_decay:
        ideas += ["`WEIGHT_DECAY`: 0, and ten times as much. Which end of the curve moves?"]
    if lesson.has_biases:
        ideas += ["Leave out the factors: `x = x * 0` before the biases are added. How far do biases alone come?"]
    elif model.kind == "dot":
        ideas += ["Give the model biases: two more `nn.Embedding` of width 1, added to the dot product."]
    else:
        ideas += ["`N_HIDDEN`: one unit, or a hundred. What does dropout do to each?"]
    if not model.sigmoid:
        ideas += ["End `forward` with a sigmoid onto the range of the ratings."]
    ideas += [
        f"Find the validation ratings with the largest errors. Are they strange {lesson.words.items}, or strange users?"
    ]
    return "\n".join(f"- {idea}" for idea in ideas)
