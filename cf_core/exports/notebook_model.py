"""A notebook's cells about the model: the dot product, the class, one prediction by hand."""

from cf_core.config import ModelConfig
from cf_core.exports.notebook_cells import Cell, code, text
from cf_core.exports.notebook_lesson import Lesson
from cf_core.teaching.plain_script import layer_lines, method_lines, table_lines

_GENERATOR = [
    "def generator(*stream):",
    '    """The random numbers of the run: a stream for the weights, for dropout, and for the order of each epoch."""',
    "    state = np.random.SeedSequence(SEED, spawn_key=stream).generate_state(1, np.uint64)",
    "    return torch.Generator().manual_seed(int(state[0]))",
]


def model_cells(lesson: Lesson) -> list[Cell]:
    """From the dot product to the model."""
    return [*_arithmetic(), *_class(lesson), *_by_hand(lesson)]


def _arithmetic() -> list[Cell]:
    return [
        text(
            "dot-text",
            "## Tensors, and the dot product",
            "Two tensors of the same shape are multiplied number by number. The sum over each row of the result is the "
            "**dot product** of the two rows: large where both lists have large numbers in the same places.",
        ),
        code(
            "dot",
            "a, b = torch.tensor([[1.0, 2], [3, 4]]), torch.tensor([[2.0, 2], [10, 10]])",
            "print(a * b)",
            "print((a * b).sum(1))",
        ),
    ]


def _class(lesson: Lesson) -> list[Cell]:
    return [
        text("model-text", "## The model", *_about(lesson)),
        code("model", *_GENERATOR, "", "", *_model_lines(lesson.config.model)),
        code(
            "weights",
            "model = Model()",
            "{name: tuple(weight.shape) for name, weight in model.named_parameters()}",
        ),
    ]


def _about(lesson: Lesson) -> list[str]:
    kind, items = lesson.config.model.kind, lesson.words.items
    paragraphs = [
        "A PyTorch *module* holds the weights, and its `forward` says how to get from its inputs to predictions. The "
        f"inputs are the indices of users and {items}; `nn.Embedding` looks up their rows."
    ]
    if kind == "net":
        paragraphs += [
            "Here the two lists of factors are put side by side and go through a small neural net: a layer of "
            "`N_HIDDEN` units, `ReLU`, which sets what is negative to 0, and a last layer that makes one number of "
            "them. Dropout zeroes a share of the values in each training step, so that the net cannot lean on any "
            "single one."
        ]
    else:
        paragraphs += ["The prediction is the dot product of the two lists of factors."]
    if lesson.has_biases:
        paragraphs += [
            f"Some users are kinder than others, and some {items} are simply better liked. Factors would have to say "
            "this over and over; a **bias**, one number for each, says it once, and leaves the factors to taste."
        ]
    if kind == "implicit":
        paragraphs += [
            f"What people choose to rate says something, too. So the factors of the {items} have a second task: "
            "together with a list of interests for each user, they must tell who rated what at all. `penalty` is the "
            "loss of that task, without visiting every empty cell: the sum over all cells falls apart into two small "
            "matrices."
        ]
    if lesson.config.model.sigmoid:
        paragraphs += [
            "At the end a sigmoid maps any sum onto the range of the ratings, so that no prediction leaves it. Without "
            "it the model would have to learn where the scale ends."
        ]
    return paragraphs


def _model_lines(model: ModelConfig) -> list[str]:
    """The class, whose weights are drawn as those of the run."""
    draw_layers = [
        "        for layer in self.layers:",
        "            for weight in layer.parameters():",
        "                bound = 1 / math.sqrt(layer.in_features)",
        "                nn.init.uniform_(weight, -bound, bound, generator=draws)",
    ]
    return [
        "class Model(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *table_lines(model),
        "        draws = generator(0)",
        "        for table in self.children():",
        "            nn.init.uniform_(table.weight, INIT_LOW, INIT_HIGH, generator=draws)",
        *([*layer_lines(model), *draw_layers] if model.kind == "net" else []),
        *method_lines(model),
    ]


def _by_hand(lesson: Lesson) -> list[Cell]:
    return [
        text(
            "by-hand-text",
            "### One prediction by hand",
            "Take the first validation rating, look up the rows of its user and of what was rated, and do what "
            "`forward` does. The model is not trained yet, so the prediction is worth nothing; after the training we "
            "come back to it.",
        ),
        code("by-hand", *_by_hand_lines(lesson)),
    ]


def _by_hand_lines(lesson: Lesson) -> list[str]:
    model = lesson.config.model
    x = "start + x" if model.start_at_mean else "x"
    biases = [
        "    b_user, b_item = model.user_bias.weight[user].item(), model.item_bias.weight[item].item()",
        '    print(f"biases: user {b_user:.4f}, {ITEM} {b_item:.4f}")',
        "    x = x + b_user + b_item",
    ]
    net = [
        "    hidden, last = (layer for layer in model.layers if isinstance(layer, nn.Linear))",
        "    units = (hidden.weight @ torch.cat([p, q]) + hidden.bias).clamp(min=0)",
        '    print(f"hidden units: {[round(unit, 3) for unit in units.tolist()]}")',
        "    x = (last.weight[0] @ units + last.bias[0]).item()",
    ]
    dot = [
        '    print(pd.DataFrame({"user": p, "item": q, "product": p * q}).head().to_string())',
        "    x = (p * q).sum().item()",
        '    print(f"... the sum of all {len(p)} products: {x:.4f}")',
    ]
    sigmoid = f"    x = float(low + (high - low) / (1 + np.exp(-({x}))))  # the sigmoid, onto the range"
    return [
        "@torch.no_grad()",
        "def by_hand(row):",
        '    """One validation rating predicted step by step."""',
        "    user, item, rating = int(valid_user[row]), int(valid_item[row]), float(valid_rating[row])",
        '    print(f"user {users[user]}, {ITEM} {titles[items[item]]}")',
        "    p, q = model.user_factors.weight[user], model.item_factors.weight[item]",
        *(net if model.kind == "net" else dot),
        *(biases if lesson.has_biases else []),
        *([sigmoid] if model.sigmoid else []),
        "    by_model = model.eval()(torch.tensor([user]), torch.tensor([item])).item()",
        '    print(f"by hand {x:.4f}, by the model {by_model:.4f}; the rating is {rating:g}")',
        "",
        "",
        "by_hand(0)",
    ]
