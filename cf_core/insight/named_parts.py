"""The parts of a prediction under the names that a person reads, the factors that count most one by one."""

import numpy as np

from cf_core.insight.recommendations import Parts


def named_parts(parts: Parts, has_bias: bool, n: int, yours: bool = True) -> dict[str, float]:
    """The summands of a prediction by name, in order: the constant unless it is 0, the biases if the model has them,
    the `n` products of factors that are largest in size under the numbers of their factors (from 1), and the sum of the
    other products. They sum to `parts.sum`.

    Args:
        yours: whether the person who reads is the one of whom it is predicted.
    """
    named = {"constant": parts.constant} if parts.constant else {}
    if has_bias:
        named |= {"your bias" if yours else "the user's bias": parts.user_bias, "its bias": parts.item_bias}
    largest_first = np.argsort(-np.abs(parts.factors), kind="stable")
    named |= {f"factor {factor + 1}": float(parts.factors[factor]) for factor in largest_first[:n]}
    n_others = len(parts.factors) - n
    if n_others > 0:
        named["one other" if n_others == 1 else f"{n_others} others"] = float(parts.factors[largest_first[n:]].sum())
    return named
