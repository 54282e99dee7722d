"""A notebook's cells about training: the loss, the loop, the curve, and the run's own losses beside them."""

from cf_core.exports.notebook_cells import Cell, code, text
from cf_core.exports.notebook_lesson import Lesson
from cf_core.teaching.plain_script import UNTOUCHED_ROWS, optimizer_call, step_lines
from cf_core.teaching.plain_script_schedule import is_constant, rate_function

ROWS_AT_ONCE = 100_000

_VALIDATION = [
    "@torch.no_grad()",
    "def validation_loss():",
    '    """The mean squared error on the ratings that were kept back."""',
    "    model.eval()  # dropout off, where there is any",
    "    total = 0.0",
    f"    for rows in torch.arange(len(valid_rating)).split({ROWS_AT_ONCE:_}):",
    "        predicted = model(valid_user[rows], valid_item[rows])",
    "        total += (predicted - valid_rating[rows]).double().square().sum().item()",
    "    return total / len(valid_rating)",
]
_CURVE = [
    "reached = np.arange(1, len(batch_losses) + 1) / n_batches",
    "smooth = pd.Series(batch_losses).rolling(max(1, n_batches // 20), min_periods=1).mean()",
    "shown = np.unique(np.linspace(0, len(reached) - 1, 600).astype(int))",
    "epochs, run_epochs = (np.arange(1, len(losses) + 1) for losses in (valid_losses, RUN_LOSSES))",
    "figure = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.75, 0.25], vertical_spacing=0.05)",
    'figure.add_scatter(x=reached[shown], y=smooth[shown], name="training, running mean", row=1, col=1)',
    'figure.add_scatter(x=epochs, y=valid_losses, name="validation", mode="lines+markers", row=1, col=1)',
    'figure.add_scatter(x=run_epochs, y=RUN_LOSSES, name="validation in CF Lab", mode="markers", row=1, col=1)',
    'figure.update_traces(marker={"symbol": "circle-open", "size": 14}, selector={"name": "validation in CF Lab"})',
    'figure.add_scatter(x=reached[shown], y=rates.ravel()[shown], name="learning rate", row=2, col=1)',
    'figure.update_xaxes(title="epoch", row=2, col=1)',
    'figure.update_yaxes(title="MSE (squared UNIT)", row=1, col=1)',
    'figure.update_yaxes(title="learning rate", exponentformat="power", row=2, col=1)',
    'figure.update_layout(title="Loss during training", height=520, legend={"orientation": "h", "y": -0.2})',
    "figure",
]
_COMPARISON = [
    'compared = pd.DataFrame({"CF Lab": pd.Series(RUN_LOSSES), "here": pd.Series(valid_losses)})',
    'compared["difference"] = compared["here"] - compared["CF Lab"]',
    'compared.index = pd.RangeIndex(1, len(compared) + 1, name="epoch")',
    "here, there = valid_losses[-1], RUN_LOSSES[-1]",
    'verdict = "within 0.01, as it should be" if abs(here - there) <= 0.01 else "other data, or a changed setting?"',
    'print(f"Validation loss {here:.4f} here, {there:.4f} in CF Lab; RMSE {here**0.5:.4f} and {there**0.5:.4f}")',
    'print(f"Difference {abs(here - there):.4f}: {verdict}")',
    "compared.round(4)",
]


def training_cells(lesson: Lesson) -> list[Cell]:
    """From the loss to the comparison with the run."""
    return [*_loss(lesson), *_rates(lesson), *_loop(lesson), *_judged(lesson)]


def _loss(lesson: Lesson) -> list[Cell]:
    return [
        text(
            "loss-text",
            "## The loss",
            "How wrong is the model? The **mean squared error**: prediction minus rating, squared, so that two small "
            "errors are better than one large one, and averaged. Its root, the RMSE, is in "
            f"{lesson.words.unit} again. Always to predict the mean of the training ratings is what any model has to "
            "beat:",
        ),
        code(
            "loss",
            *_VALIDATION,
            "",
            "",
            "always_mean = (valid_rating - train_rating.mean()).square().mean().item()",
            'print(f"always the mean: MSE {always_mean:.4f}; the model as it was drawn: {validation_loss():.4f}")',
        ),
    ]


def _rates(lesson: Lesson) -> list[Cell]:
    config, steered = lesson.config, lesson.steered()
    constant = is_constant(config.phases)
    by_phase = (
        "np.full(n_trained * n_batches, rate) for rate, n_trained in PHASES"
        if constant
        else "learning_rates(*phase) for phase in PHASES"
    )
    by_hand = [
        "for first, last, rate in [  # set by hand while the run trained, from step to step",
        *(f"    ({first}, {last}, {rate!r})," for first, last, rate in steered),
        "]:",
        "    rates.reshape(-1)[first:last] = rate",
    ]
    function = rate_function(config.phases)[2:]
    return [
        text("rates-text", "## Learning rates", _about_rates(lesson)),
        code(
            "rates",
            *([*function, "", ""] if function else []),
            f"rates = np.concatenate([{by_phase}]).reshape(-1, n_batches)",
            *(by_hand if steered else []),
            'print(f"{len(rates)} epochs of {n_batches:,} steps")',
        ),
    ]


def _about_rates(lesson: Lesson) -> str:
    kinds = {phase.schedule for phase in lesson.config.phases}
    said = ["The learning rate says how far each step goes along the gradient: one for each batch here."]
    if len(lesson.config.phases) > 1:
        said += ["The run has several phases; each goes on with the weights and the memory of the optimiser before it."]
    if "cosine" in kinds:
        said += [
            "Within a cycle the rate falls along half a cosine, from large steps that cover ground to small ones that "
            "settle, and the next cycle begins large again. The very first steps are small."
        ]
    if "one-cycle" in kinds:
        said += ["It rises to its peak, and falls to almost nothing: large steps in the middle, small ones at the end."]
    if lesson.steered():
        said += ["Its owner set it by hand while the run trained; these steps are listed below."]
    return " ".join(said)


def _loop(lesson: Lesson) -> list[Cell]:
    config = lesson.config
    is_net = config.model.kind == "net"
    untouched = [*UNTOUCHED_ROWS, "", ""] if config.update == "sparse" else []
    seeded = ["torch.manual_seed(generator(1).initial_seed())  # PyTorch's dropout draws from here"] if is_net else []
    return [
        text("training-text", "## Training", *_about_loop(lesson)),
        code(
            "training",
            *untouched,
            "model = Model()  # drawn anew, so that this cell can run again",
            *seeded,
            f"optimizer = {optimizer_call(config)}",
            "batch_losses, valid_losses = [], []",
            "for epoch, batch_rates in enumerate(rates, start=1):",
            *(["    model.train()  # dropout on"] if is_net else []),
            "    squared_error = 0.0",
            "    batches = torch.randperm(len(train_rating), generator=generator(2, epoch - 1)).split(BATCH_SIZE)",
            "    for rows, rate in zip(batches, batch_rates, strict=True):",
            '        optimizer.param_groups[0]["lr"] = rate',
            *step_lines(config, lesson.star),
            "        batch_losses.append(loss.item())",
            "    valid_losses.append(validation_loss())",
            "    train_loss, valid_loss = squared_error / len(train_rating), valid_losses[-1]",
            '    print(f"epoch {epoch}: train {train_loss:.4f}, valid {valid_loss:.4f} (RMSE {valid_loss**0.5:.4f})")',
        ),
        text("again-text", "The prediction from before, now that the model has learned:"),
        code("again", "by_hand(0)"),
    ]


def _about_loop(lesson: Lesson) -> list[str]:
    config = lesson.config
    paragraphs = [
        "Each epoch goes through all training ratings once, shuffled, in batches. For every batch: predict, take the "
        "loss, let PyTorch work out in which direction each weight would make it larger (`backward`), and have the "
        "optimiser move all of them a little the other way. In an epoch's training loss the early batches count with "
        "the model as it was then, so it can lie above the validation loss."
    ]
    if config.weight_decay:
        paragraphs += [
            "Weight decay pulls every weight towards 0, and so keeps the model from explaining chance: a factor has to "
            "be worth its size."
        ]
    if config.update == "sparse":
        paragraphs += [
            "In this run a step moves only the rows of the batch, as if the others were not there. PyTorch's "
            "optimisers move all, by momentum and decay, so what they did to the others is put back."
        ]
    return paragraphs


def _judged(lesson: Lesson) -> list[Cell]:
    losses = ", ".join(f"{loss:.6g}" for loss in lesson.valid_losses)
    return [
        text(
            "curve-text",
            "### The curve",
            "Training and validation loss, and as open circles what CF Lab recorded for the run. Where the training "
            "loss goes on falling and the validation loss turns, the model begins to learn by heart.",
        ),
        code("curve", f"RUN_LOSSES = [{losses}]", "", *(line.replace("UNIT", lesson.words.unit) for line in _CURVE)),
        text(
            "comparison-text",
            "### As in the lab?",
            f"The run came to a validation loss of {lesson.valid_losses[-1]:.4f}.",
        ),
        code("comparison", *_COMPARISON),
    ]
