"""Writes a plain PyTorch script that trains like a run, with nothing in it that the run does not need."""

import json
import math
import os

from cf_core.config import ModelConfig, TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.rating_scale import RatingScale
from cf_core.teaching.plain_script_schedule import is_constant, phase_table, rate_function


def plain_script(config: TrainingConfig, data: str, split: SplitConfig, star: float = 1.0) -> str:
    """A Python script that trains `config` on `data` and prints the training and validation loss (MSE) of each epoch.

    It needs only pandas, NumPy and PyTorch. Its random numbers are not those of the run, so its validation loss agrees
    with the run's within the scatter between seeds, not to the digit.

    Args:
        config: model, optimiser, phases.
        data: the folder of ratings.csv, as the script should name it.
        split: which ratings are for training.
        star: how much on the scale of the ratings one of the lesson's stars is, see `star_size`. The script has its
            settings in the units of that scale.
    """
    parts = [
        *_imports(config),
        *_settings(config, data, split, star),
        *_data(config, split),
        *rate_function(config.phases),
        *_model(config.model),
        *_training(config, star),
    ]
    return "\n".join([*parts, ""])


def _imports(config: TrainingConfig) -> list[str]:
    title = f'"""{config.recipe} in plain PyTorch: trains and prints the losses (MSE, squared stars) of each epoch."""'
    modules = ["import numpy as np", "import pandas as pd", "import torch", "from torch import nn", ""]
    return [title, "", *_if(config.model.start_at_mean, "import math", ""), *modules]


def _settings(config: TrainingConfig, data: str, split: SplitConfig, star: float) -> list[str]:
    file = os.path.join(data, "ratings.csv")
    return [f"DATA = {json.dumps(file, ensure_ascii=False)}", *settings_lines(config, split, star)]


def settings_lines(config: TrainingConfig, split: SplitConfig, star: float = 1.0) -> list[str]:
    """The settings that the run has a use for, as constants, as they count on a scale on which one of the lesson's
    stars is `star`, see `build_model`."""
    model, is_net, is_implicit = config.model, config.model.kind == "net", config.model.kind == "implicit"
    size, loss_unit = 1.0 if model.sigmoid else math.sqrt(star), _loss_unit(config, star)
    return [
        *_if(split.kind != "last-k", f"VALID_FRACTION = {split.valid_fraction}"),
        *_if(split.kind == "last-k", f"N_VALID_PER_USER = {split.k}"),
        *_if(split.kind == "random", f"SPLIT_SEED = {split.seed}"),
        f"SEED = {config.seed}",
        f"N_FACTORS = {model.n_factors}",
        f"INIT_LOW, INIT_HIGH = {model.init_low * size}, {model.init_high * size}",
        *_if(_has_margin(model), f"RANGE_MARGIN = {model.range_margin * star}  # {'stars' if star == 1 else 'points'}"),
        *_if(is_net, f"N_HIDDEN = {model.n_hidden}"),
        *_if(is_net and model.dropout, f"DROPOUT = {model.dropout}"),
        *_if(is_net and model.hidden_dropout, f"HIDDEN_DROPOUT = {model.hidden_dropout}"),
        *_if(is_implicit, f"IMPLICIT_WEIGHT, RATING_DECAY = {model.implicit_weight}, {model.rating_decay}"),
        *_if(is_implicit and model.star_weight, f"STAR_WEIGHT = {model.star_weight / star}"),
        f"BATCH_SIZE = {config.batch_size}",
        *_if(config.momentum or config.optimizer != "sgd", f"MOMENTUM = {config.momentum}"),
        *_if(config.weight_decay, f"WEIGHT_DECAY = {config.weight_decay}"),
        *phase_table(config.phases),
        *_if(loss_unit != 1, f"LOSS_UNIT = {loss_unit:.6g}  # makes the squared errors those of a scale of five stars"),
    ]


def _loss_unit(config: TrainingConfig, star: float) -> float:
    return RatingScale(0.0 if config.model.sigmoid else None, star=star).loss_unit


_VALIDATION_ROWS = {
    "random": ["is_valid[np.random.RandomState(SPLIT_SEED).permutation(len(ratings))[:n_valid]] = True"],
    "time": ['is_valid[np.argsort(ratings.timestamp.to_numpy(), kind="stable")[-n_valid:]] = True  # the latest'],
    "last-k": [
        'by_user = ratings.sort_values("timestamp", kind="stable").groupby("userId")',
        'n_later, n_ratings = by_user.cumcount(ascending=False), by_user.userId.transform("size")',
        "is_valid[n_later.index[n_later < np.minimum(N_VALID_PER_USER, n_ratings - 1)]] = True",
    ],
}


INDICES = ["user_idx, users = pd.factorize(ratings.userId)", "item_idx, items = pd.factorize(ratings.movieId)"]
"""Numbers users and items from 0, in order of first appearance."""


def _data(config: TrainingConfig, split: SplitConfig) -> list[str]:
    return [
        "",
        'ratings = pd.read_csv(DATA, dtype={"userId": str, "movieId": str})',
        *INDICES,
        *range_lines(config.model),
        "",
        *split_lines(split),
        *tensor_lines(config),
    ]


def range_lines(model: ModelConfig) -> list[str]:
    """What the sigmoid reaches towards, if there is one."""
    below, above = (" - RANGE_MARGIN", " + RANGE_MARGIN") if _has_margin(model) else ("", "")
    return _if(model.sigmoid, f"low, high = ratings.rating.min(){below}, ratings.rating.max(){above}")


def split_lines(split: SplitConfig) -> list[str]:
    """Which rows validate: `is_valid`, one truth value per rating."""
    return [
        "is_valid = np.zeros(len(ratings), dtype=bool)",
        *_if(split.kind != "last-k", "n_valid = int(VALID_FRACTION * len(ratings))"),
        *_VALIDATION_ROWS[split.kind],
    ]


def tensor_lines(config: TrainingConfig) -> list[str]:
    """The two parts of the ratings as tensors, and what the model has to know of the training part."""
    model = config.model
    return [
        'columns = user_idx, item_idx, ratings.rating.to_numpy(dtype="float32")',
        "train_user, train_item, train_rating = (torch.from_numpy(column[~is_valid]) for column in columns)",
        "valid_user, valid_item, valid_rating = (torch.from_numpy(column[is_valid]) for column in columns)",
        *_if(not is_constant(config.phases), "n_batches = -(-len(train_rating) // BATCH_SIZE)"),
        *_if(model.kind == "implicit", "share_rated = len(train_rating) / (len(users) * len(items))"),
        *_if(model.start_at_mean or model.star_weight, "mean = train_rating.double().mean().item()"),
        *_if(model.start_at_mean, "start = math.log((mean - low) / (high - mean))  # its sigmoid is the mean"),
    ]


def _model(model: ModelConfig) -> list[str]:
    return [
        "",
        "",
        "class Model(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *table_lines(model),
        "        for table in self.children():",
        "            nn.init.uniform_(table.weight, INIT_LOW, INIT_HIGH)",
        *_if(model.kind == "net", *layer_lines(model)),
        *method_lines(model),
    ]


def table_lines(model: ModelConfig) -> list[str]:
    """The model's tables of users and items, in the order in which a run draws them."""
    tables = [("user_factors", "users", "N_FACTORS"), ("item_factors", "items", "N_FACTORS")]
    if model.kind in ("bias", "implicit"):
        tables += [("user_bias", "users", "1"), ("item_bias", "items", "1")]
    if model.kind == "implicit":
        tables += [("user_interests", "users", "N_FACTORS")]
    return [f"        self.{name} = nn.Embedding(len({of}), {width})" for name, of, width in tables]


def method_lines(model: ModelConfig) -> list[str]:
    """What the model computes: `forward`, and `penalty` where there is one."""
    return [
        "",
        "    def forward(self, user, item):",
        *_forward(model),
        *_if(model.kind == "implicit", *_penalty(model)),
    ]


def _penalty(model: ModelConfig) -> list[str]:
    dot = "(self.user_interests(user) * self.item_factors(item)).sum(1)"
    z = "z is share_rated**-0.5 where rated, else 0"
    weighs = bool(model.star_weight)
    return [
        "",
        f"    def penalty(self, user, item{', rating' if weighs else ''}):",
        f"        # The mean over all cells of (interests · factors - z)²; {z}{'.' if weighs else ':'}",
        *_if(
            weighs, "        # By its rating z is more or less than that, which changes the mean by a constant besides:"
        ),
        "        d, q = self.user_interests.weight, self.item_factors.weight",
        *_if(not weighs, f"        rated = {dot}.mean()"),
        *_if(weighs, "        picked = 1 + STAR_WEIGHT * (rating - mean)"),
        *_if(weighs, f"        rated = (picked * {dot}).mean()"),
        "        implicit = (d.T @ d * (q.T @ q)).sum() / (len(d) * len(q)) - 2 * share_rated**0.5 * rated + 1",
        "        squares = self.user_factors(user).square().sum(1) + self.item_factors(item).square().sum(1)",
        "        return IMPLICIT_WEIGHT * implicit + RATING_DECAY * squares.mean()",
    ]


def layer_lines(model: ModelConfig) -> list[str]:
    """The layers of the net."""
    layers = [
        *_if(model.dropout, "nn.Dropout(DROPOUT)"),
        "nn.Linear(2 * N_FACTORS, N_HIDDEN)",
        "nn.ReLU()",
        *_if(model.hidden_dropout, "nn.Dropout(HIDDEN_DROPOUT)"),
        "nn.Linear(N_HIDDEN, 1)",
    ]
    return ["        self.layers = nn.Sequential(", *(f"            {layer}," for layer in layers), "        )"]


def _forward(model: ModelConfig) -> list[str]:
    x = "start + x" if model.start_at_mean else "x"
    biases = "        x = x + self.user_bias(user).squeeze(1) + self.item_bias(item).squeeze(1)"
    both = "torch.cat([self.user_factors(user), self.item_factors(item)], dim=1)"
    dot = "(self.user_factors(user) * self.item_factors(item)).sum(1)"
    return [
        f"        x = {f'self.layers({both}).squeeze(1)' if model.kind == 'net' else dot}",
        *_if(model.kind in ("bias", "implicit"), biases),
        f"        return {f'low + (high - low) * torch.sigmoid({x})' if model.sigmoid else x}",
    ]


UNTOUCHED_ROWS = [
    "def untouched_rows(user, item):",
    '    """Weights and optimiser state of the rows outside the batch, which must not move, with a copy of each."""',
    "    for name, weight in model.named_parameters():",
    '        if name.startswith(("user", "item")):',
    "            untouched = torch.ones(len(weight), dtype=torch.bool)",
    '            untouched[user if name.startswith("user") else item] = False',
    "            for tensor in [weight.data, *optimizer.state[weight].values()]:",
    "                if tensor is not None and tensor.ndim:",
    "                    yield tensor, untouched, tensor[untouched]",
]
"""For sparse steps: finds what a step of the optimiser has to leave alone."""


def step_lines(config: TrainingConfig, star: float = 1.0) -> list[str]:
    """One step, in a loop over the batches of an epoch: `rows` are those of the batch."""
    is_implicit = config.model.kind == "implicit"
    batch = "train_user[rows], train_item[rows]" + (", train_rating[rows]" if config.model.star_weight else "")
    error = "loss" if _loss_unit(config, star) == 1 else "loss / LOSS_UNIT"
    minimised = f"({error} + model.penalty({batch}))" if is_implicit else error if error == "loss" else f"({error})"
    sparse = config.update == "sparse"
    return [
        "        loss = nn.functional.mse_loss(model(train_user[rows], train_item[rows]), train_rating[rows])",
        "        optimizer.zero_grad()",
        f"        {minimised}.backward()",
        *_if(sparse, "        kept = list(untouched_rows(train_user[rows], train_item[rows]))"),
        "        optimizer.step()",
        *_if(sparse, "        with torch.no_grad():", "            for tensor, untouched, before in kept:"),
        *_if(sparse, "                tensor[untouched] = before"),
        "        squared_error += loss.item() * len(rows)",
    ]


def _training(config: TrainingConfig, star: float) -> list[str]:
    is_net = config.model.kind == "net"
    by_epoch = is_constant(config.phases)
    by_batch = "rates = np.concatenate([learning_rates(*phase) for phase in PHASES]).reshape(-1, n_batches)"
    set_rate = 'optimizer.param_groups[0]["lr"] = rate'
    return [
        "",
        "",
        "torch.manual_seed(SEED)",
        "model = Model()",
        f"optimizer = {optimizer_call(config)}",
        *_if(config.update == "sparse", "", "", *UNTOUCHED_ROWS, "", ""),
        *_if(by_epoch, "rates = [rate for rate, n_trained in PHASES for _ in range(n_trained)]  # one per epoch"),
        *_if(not by_epoch, by_batch),
        f"for epoch, {'rate' if by_epoch else 'batch_rates'} in enumerate(rates, start=1):",
        *_if(by_epoch, f"    {set_rate}"),
        *_if(is_net, "    model.train()  # dropout on"),
        "    squared_error = 0.0",
        "    batches = torch.randperm(len(train_rating)).split(BATCH_SIZE)",
        f"    for {'rows in batches' if by_epoch else 'rows, rate in zip(batches, batch_rates, strict=True)'}:",
        *_if(not by_epoch, f"        {set_rate}"),
        *step_lines(config, star),
        *_if(is_net, "    model.eval()  # dropout off"),
        "    with torch.no_grad():",
        "        valid_loss = nn.functional.mse_loss(model(valid_user, valid_item), valid_rating).item()",
        '    print(f"epoch {epoch}: train {squared_error / len(train_rating):.4f}, validation {valid_loss:.4f}")',
    ]


def optimizer_call(config: TrainingConfig) -> str:
    """The optimiser of the run, as PyTorch makes it."""
    name = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}[config.optimizer]
    momentum = _if(config.momentum, "momentum=MOMENTUM") if name == "SGD" else ["betas=(MOMENTUM, 0.999)"]
    decay = _if(config.weight_decay, "weight_decay=WEIGHT_DECAY")
    if name == "AdamW" and not decay:
        decay = ["weight_decay=0"]  # AdamW decays by 0.01 unless told otherwise
    return f"torch.optim.{name}({', '.join(['model.parameters()', *momentum, *decay])})"


def _has_margin(model: ModelConfig) -> bool:
    return model.sigmoid and model.range_margin != 0


def _if(condition: object, *lines: str) -> list[str]:
    return list(lines) if condition else []
